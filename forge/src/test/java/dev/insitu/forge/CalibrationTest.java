package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.forge.integer.TestNet;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages that are fitted on samples without labels. */
class CalibrationTest {

  private static final Samples FITTED = TestNet.samples("x", 96, 7, 1, 3, 8, 8);
  private static final Samples OTHERS = TestNet.samples("x", 64, 8, 1, 3, 8, 8);

  @TempDir Path folder;

  private static ForgeOptions options() {
    return ForgeOptions.of("net", "1").withMaxSegments(1);
  }

  /** Five convolutions, each normalised by statistics that are about its own. */
  private Path net() throws IOException {
    TestNet net = new TestNet(5).input("x", -1, 3, 8, 8);
    String value = "x";
    for (int i = 0; i < 5; i++) {
      net.conv(value, "c" + i, i == 0 ? 3 : 24, 24).norm("c" + i, "n" + i, 24);
      value = "r" + i;
      net.node("Relu", value, "n" + i);
    }
    return net.node("GlobalAveragePool", "y", value)
        .output("y", -1, 24, 1, 1)
        .write(folder.resolve("net.onnx"));
  }

  @Test
  void statisticsFollowTheLevelAndTheEndIsTheReference() throws IOException {
    Path model = net();
    try (Packed plain = Packed.of(model, folder, options());
        Packed fitted = Packed.of(model, folder, options().withCalibration(FITTED))) {
      List<Coding> codings = fitted.manifest().tensors().stream().map(t -> t.coding()).toList();
      assertTrue(codings.contains(Coding.STATED), codings.toString());
      assertTrue(plain.manifest().tensors().stream().noneMatch(t -> t.stated() != 0));
      Answers wanted = answers(plain);
      double before = error(plain, wanted);
      double after = error(fitted, wanted);
      assertTrue(after < 0.7 * before, after + " instead of " + before);
      assertEquals(plain.manifest().header().reference(), reference(fitted));
      assertEquals(plain.manifest().chunks().size(), fitted.manifest().chunks().size());
    }
  }

  @Test
  void aFamilyIsFittedToTheRootThatItComesFrom() throws IOException {
    Path root = net();
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(root));
    Path family =
        Onnx.write(Onnx.moved(model.getGraph().toBuilder(), 0.1f), folder.resolve("family.onnx"));
    ForgeOptions fitting = options().withCalibration(FITTED);
    try (Packed origin = Packed.of(root, folder, options());
        Packed own = Packed.of(family, folder, fitting);
        Packed fitted = Packed.of(family, folder, fitting.withParent(root))) {
      Answers wanted = answers(origin);
      double before = error(own, wanted);
      double after = error(fitted, wanted);
      assertTrue(after < 0.9 * before, after + " instead of " + before);
      assertEquals(own.manifest().header().reference(), reference(fitted));
    }
  }

  @Test
  void aFamilyOfAnotherGraphIsFittedToItself() throws IOException {
    Path model = net();
    ForgeOptions options = options().withCalibration(FITTED).withParent(branches());
    try (Packed fitted = Packed.of(model, folder, options)) {
      String warnings = fitted.result().warnings().toString();
      assertTrue(warnings.contains("fitted to the family alone"), warnings);
      assertTrue(fitted.manifest().tensors().stream().anyMatch(t -> t.stated() != 0));
    }
  }

  /** What the whole package answers. */
  private Answers answers(Packed packed) throws IOException {
    return Evaluator.of(packed.manifest(), packed.file(), OTHERS, folder).answers(packed.whole());
  }

  /** What the base and half of the first plane's chunks leave, on samples that were not seen. */
  private double error(Packed packed, Answers wanted) throws IOException {
    Manifest manifest = packed.manifest();
    Evaluator evaluator = Evaluator.of(manifest, packed.file(), OTHERS, folder);
    double sum = 0;
    for (int group : new int[] {0, 1}) {
      Answers answers = evaluator.answers(SubModel.of(manifest, 1, group));
      for (int s = 0; s < OTHERS.count(); s++) {
        sum += Agreement.relativeError(answers.values().get(s), wanted.values().get(s));
      }
    }
    return sum;
  }

  private Digest reference(Packed packed) throws IOException {
    Path file = folder.resolve("reference.bin");
    WeightFile.assemble(packed.manifest(), packed.file(), packed.whole(), tensor -> true, file);
    return WeightFile.digest(packed.manifest(), file);
  }

  /** Two branches of the same size, one of which hardly counts. */
  private Path branches() throws IOException {
    int channels = 136; // a plane of a weight is a chunk
    return new TestNet(6)
        .input("x", -1, 3, 8, 8)
        .conv("x", "first", 3, channels)
        .node("Relu", "r", "first")
        .conv("r", "quiet", channels, channels)
        .conv("r", "loud", channels, channels)
        .constant("little", 0.02, 0, 1)
        .node("Mul", "whisper", "quiet", "little")
        .node("Add", "sum", "whisper", "loud")
        .node("GlobalAveragePool", "y", "sum")
        .output("y", -1, channels, 1, 1)
        .write(folder.resolve("branches.net"));
  }

  @Test
  void whatMattersMoreToTheAnswersIsSentFirst() throws IOException {
    Path model = branches();
    try (Packed plain = Packed.of(model, folder, options());
        Packed fitted = Packed.of(model, folder, options().withCalibration(FITTED))) {
      assertTrue(position(plain, "quiet.weight", 1) < position(plain, "loud.weight", 2));
      assertTrue(position(fitted, "quiet.weight", 1) > position(fitted, "loud.weight", 2));
    }
  }

  /** Where in the order a tensor's first chunk of a group stands. */
  private static int position(Packed packed, String tensor, int group) {
    Manifest manifest = packed.manifest();
    int number = manifest.tensors().stream().map(t -> t.name()).toList().indexOf(tensor);
    int block = manifest.blocks().firstBlock(number);
    for (int i = 0; i < manifest.chunks().size(); i++) {
      ChunkSpec chunk = manifest.chunks().get(i);
      if (chunk.group() == group && chunk.firstBlock() <= block && chunk.endBlock() > block) {
        return i;
      }
    }
    throw new AssertionError("Group " + group + " of " + tensor + " is in no chunk");
  }

  @Test
  void withoutSamplesOrWithFewPackagesAreAsBefore() throws IOException {
    Path model = net();
    try (Packed plain = Packed.of(model, folder, options());
        Packed few = Packed.of(model, folder, options().withCalibration(FITTED.first(31)));
        Packed again = Packed.of(model, folder, options().withCalibration(FITTED));
        Packed fitted = Packed.of(model, folder, options().withCalibration(FITTED))) {
      assertEquals(plain.result().digest(), few.result().digest());
      assertEquals(fitted.result().digest(), again.result().digest());
      assertNotEquals(plain.result().digest(), fitted.result().digest());
    }
  }
}
