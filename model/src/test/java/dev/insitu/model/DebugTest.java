package dev.insitu.model;
import java.nio.file.*;
import java.util.*;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
class DebugTest {
  @TempDir Path t;
  @Test void dump() throws Exception {
    for (Path p : List.of(Path.of("/tmp/mh/f16/fd.onnx"))) try (OnnxModel m = OnnxModel.open(p)) {
      Map<String, Long> sizes = new HashMap<>(Map.of("sequence", 12L, "image:2", 96L, "image:3", 160L));
      int i = 0;
      for (Cut c : Segmenter.cutPoints(m, 6)) {
        Forms f = new Forms(m, Segmenter.divide(m, SegmentOptions.DEFAULT, List.of(c)), t.resolve("x" + i++));
        try { f.assertSame(Judge.inputs(m, sizes, 1), OptLevel.NO_OPT); }
        catch (Throwable e) { System.out.println("DBG BAD " + c + " " + c.values().stream().map(v -> m.index().node(m.index().producer(v)).getOpType() + m.facts().get(v) + m.order().running().stream().filter(n -> m.index().reads(n).contains(v)).map(n -> m.index().node(n).getOpType()).toList()).toList()+ e.getMessage()); }
      }
    }
  }
}
