package dev.insitu.benchmarks.scenarios;

import dev.insitu.device.Insitu;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A process that answers once: with the SDK, or with a session of an ONNX file. */
final class ColdStartProcess {

  static final String DEVICE = "device";
  static final String ONNX = "onnx";
  static final String ANSWERED = "answered";

  private ColdStartProcess() {}

  /**
   * Answers.
   *
   * @param args {@code device QUESTION ANSWER DIRECTORY PORT MODEL KEY AGREEMENT} or {@code onnx
   *     QUESTION ANSWER FILE}
   */
  public static void main(String[] args) throws IOException {
    Map<String, Tensor> question = TensorFile.read(Path.of(args[1]));
    Path target = Path.of(args[2]);
    if (args[0].equals(ONNX)) {
      try (GraphRun run = GraphRun.open(Path.of(args[3]), Optimisation.ALL)) {
        answer(target, run.run(question));
      }
      return;
    }
    Trust trust = Trust.keys(List.of(new Signatures.Key(args[6])));
    Wishes wishes = Wishes.everything().withStartAgreement(Double.parseDouble(args[7]));
    try (Insitu insitu =
        Insitu.open(Path.of(args[3]), Line.url(Integer.parseInt(args[4])), trust)) {
      answer(target, insitu.model(args[5]).pull(wishes).run(question));
    }
  }

  private static void answer(Path target, Map<String, Tensor> answer) throws IOException {
    System.out.println(ANSWERED);
    System.out.flush();
    TensorFile.write(target, answer);
  }
}
