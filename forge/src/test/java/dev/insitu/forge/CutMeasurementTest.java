package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.CutProfile;
import dev.insitu.elastic.plan.CutProfile.Features;
import dev.insitu.elastic.plan.CutProfile.Level;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.features.FeatureCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CutMeasurementTest {

  private static final int COUNT = 6;
  private static final int SIZE = 160;
  private static final List<Integer> BITS = List.of(FeatureCodec.EXACT, 8, 1);

  @TempDir Path folder;

  private Packed packed(ForgeOptions options) throws IOException {
    Path model = Onnx.write(Onnx.chain(5, 4, SIZE), folder.resolve("model.onnx"));
    return Packed.of(model, folder, options);
  }

  private Samples samples() throws IOException {
    List<ValueSpec> inputs;
    try (Packed bare = packed(ForgeOptions.of("test", "1"))) {
      inputs = bare.manifest().inputs();
    }
    Map<String, Column> columns = GeneratedSamples.make(inputs, COUNT, 3).columns();
    return new Samples(columns, Optional.of(new int[COUNT]), "test");
  }

  private ForgeOptions options() throws IOException {
    return ForgeOptions.of("test", "1")
        .withMaxSegments(3)
        .withSamples(samples())
        .withCuts(CutOptions.NONE.withFeatureBits(BITS));
  }

  @Test
  void everyCutIsMeasuredAtEveryPrecisionOfBothSides() throws IOException {
    try (Packed packed = packed(options())) {
      Manifest manifest = packed.manifest();
      List<CutProfile> cuts = packed.result().profile().cuts();
      assertEquals(cuts, ProfileCodec.read(packed.file().profile()).cuts());
      assertTrue(cuts.size() > 1, "there is a cut");
      assertEquals(manifest.segments().size(), cuts.size());
      for (int cut = 0; cut < cuts.size(); cut++) {
        CutProfile measured = cuts.get(cut);
        assertEquals(cut, measured.before());
        assertEquals(
            manifest.segments().stream().mapToLong(s -> s.macs()).sum(),
            measured.deviceMacs() + measured.serverMacs());
        assertTrue(cut == 0 || measured.levels().size() >= 2, measured.toString());
        measured.levels().forEach(level -> assertLevel(manifest, measured, level));
        Features exact = measured.levels().getLast().features().getFirst();
        assertEquals(1, exact.agreement(), "nothing is lost");
        assertTrue(measured.levels().getLast().features().get(1).agreement() > 0.6);
      }
      assertEquals(0, cuts.getFirst().deviceMacs());
      assertEquals(0, cuts.getFirst().levels().getFirst().bytes(), "nothing comes down");
    }
  }

  private static void assertLevel(Manifest manifest, CutProfile cut, Level level) {
    assertEquals(BITS, level.features().stream().map(Features::bits).toList());
    if (cut.before() > 0) {
      SubModel own = SubModel.ofSegments(manifest, cut.before(), manifest.losslessGroup());
      assertEquals(
          SubModel.prefix(manifest, level.chunks()).intersection(own).bytes(), level.bytes());
    }
    double exact = level.features().getFirst().bytes();
    assertTrue(exact > 4 * SIZE && exact < 4 * SIZE + 20, exact + " bytes of floats");
    double eight = level.features().get(1).bytes();
    assertTrue(eight < 0.4 * exact, "8 of 32 bits, and a head: " + eight + " of " + exact);
    assertTrue(level.features().get(2).bytes() < level.features().get(1).bytes());
    level.features().forEach(f -> assertTrue(f.accuracy().isPresent()));
  }

  @Test
  void withoutBeingAskedNothingIsMeasuredThere() throws IOException {
    try (Packed packed = packed(options().withCuts(CutOptions.NONE))) {
      assertEquals(List.of(), packed.result().profile().cuts());
    }
  }

  @Test
  void theModelIsCutWhereItIsAskedFor() throws IOException {
    ForgeOptions whole = ForgeOptions.of("test", "1").withMaxSegments(1);
    try (Packed one = packed(whole);
        Packed two = packed(whole.withCuts(CutOptions.NONE.withAt(List.of(0.25))))) {
      assertEquals(1, one.manifest().segments().size());
      assertEquals(2, two.manifest().segments().size());
      double share =
          (double) two.manifest().segments().get(0).macs()
              / one.manifest().segments().get(0).macs();
      assertEquals(0.25, share, 0.01);
      assertEquals(one.digests(), two.digests(), "chunks do not follow segments");
    }
  }

  @Test
  void impossibleOptionsAreRefused() {
    assertThrows(ForgeException.class, () -> CutOptions.NONE.withAt(List.of(0.0)));
    assertThrows(ForgeException.class, () -> CutOptions.NONE.withAt(List.of(Double.NaN)));
    assertThrows(ForgeException.class, () -> CutOptions.NONE.withFeatureBits(List.of(13)));
    assertThrows(ForgeException.class, () -> CutOptions.NONE.withFeatureBits(List.of(0)));
  }
}
