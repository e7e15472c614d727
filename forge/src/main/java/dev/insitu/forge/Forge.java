package dev.insitu.forge;

import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.PackageWriter;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Makes elastic packages of ONNX models.
 *
 * <p>One pass over the weights gathers statistics, a second codes them; chunks are then put in the order of error removed per byte, and what their prefixes
 * are worth is measured. Memory does not grow with the model: weights are read block by block, and sub-models are measured segment by segment.
 */
public final class Forge {

  private final OnnxModel root;
  private final ForgeOptions options;
  private final ForgeProgress progress;
  private final Path directory;

  /**
   * A package that was made.
   *
   * @param manifest its manifest, whole
   * @param digest names it
   * @param profile what its sub-models are worth; without points if nothing was measured
   * @param manifestBytes bytes of the manifest in the file
   */
  public record Result(Manifest manifest, Digest digest, Profile profile, int manifestBytes) {}

  private Forge(OnnxModel root, ForgeOptions options, ForgeProgress progress, Path directory) {
    this.root = root;
    this.options = options;
    this.progress = progress;
    this.directory = directory;
  }

  /**
   * Packs a model.
   *
   * @param model an ONNX file
   * @param target the {@code .insitu} file; replaced at once when all is written
   * @throws dev.insitu.model.OnnxException if the model cannot be read
   * @throws ForgeException if it cannot be packed as asked
   */
  public static Result pack(Path model, Path target, ForgeOptions options, ForgeProgress progress) throws IOException {
    Path parent = options.workDirectory().orElse(target.toAbsolutePath().getParent());
    if (!Files.isDirectory(parent)) {
      throw new ForgeException("There is no directory " + parent + " to write to.");
    }
    Path directory = Files.createTempDirectory(parent, ".insitu-pack");
    try (OnnxModel root = OnnxModel.open(model)) {
      return new Forge(root, options, progress, directory).pack(target);
    } finally {
      deleteAll(directory);
    }
  }

  /** The inputs of a model as packages describe them. */
  public static List<ValueSpec> inputs(OnnxModel model) {
    return Topology.valueSpecs(model.inputs());
  }

  private Result pack(Path target) throws IOException {
    List<TensorScan.Scanned> tensors = new ArrayList<>();
    Digest reference = scan(tensors);
    List<TensorSpec> specs = tensors.stream().map(TensorScan.Scanned::spec).toList();
    BlockTable blocks = new BlockTable(specs);
    Topology topology = Topology.of(root, options, reference, specs);
    try (ChunkSpool spool = new ChunkSpool(directory)) {
      Sensitivity sensitivity = Sensitivity.ofWeightsAlone(tensors);
      List<ChunkSpec> byGroup = code(tensors, blocks, sensitivity, spool);
      Manifest draft = topology.manifest(byGroup, Optional.empty(), List.of());
      List<ChunkSpec> order = new CanonicalOrder(byGroup, draft.lattice()::needs).sort();
      Manifest unprofiled = topology.manifest(order, Optional.empty(), List.of());
      List<VersionDifference> differences = new Differences(root, unprofiled, spool, directory, progress).against(options.bases());
      Profile profile = measure(unprofiled, spool);
      byte[] profileBytes = profile.points().isEmpty() ? new byte[0] : ProfileCodec.write(profile);
      Optional<Manifest.ObjectRef> ref =
          profileBytes.length == 0 ? Optional.empty() : Optional.of(new Manifest.ObjectRef(Digest.sha256(profileBytes), profileBytes.length));
      Manifest manifest = topology.manifest(order, ref, differences);
      ManifestCodec.Body body = ManifestCodec.body(manifest);
      byte[] manifestBytes = ManifestCodec.whole(body);
      List<Signed> signatures = options.signer().map(signer -> List.of(signer.apply(body.digest()))).orElse(List.of());
      progress.update("writing", 0, 1);
      PackageWriter.write(target, manifestBytes, signatures, profileBytes, spool);
      progress.update("writing", 1, 1);
      return new Result(manifest, body.digest(), profile, manifestBytes.length);
    }
  }

  private Digest scan(List<TensorScan.Scanned> into) throws IOException {
    TensorScan scan = new TensorScan();
    long total = root.weights().stream().mapToLong(Weight::byteLength).sum();
    long done = 0;
    for (Weight weight : root.weights()) {
      into.add(scan.scan(weight));
      done += weight.byteLength();
      progress.update("reading weights", done, total);
    }
    return scan.reference();
  }

  private List<ChunkSpec> code(
      List<TensorScan.Scanned> tensors, BlockTable blocks, Sensitivity sensitivity, ChunkSpool spool) throws IOException {
    ChunkForge forge = new ChunkForge(WeightCoding.LEVELS, spool);
    long total = root.weights().stream().mapToLong(Weight::byteLength).sum();
    long done = 0;
    for (int i = 0; i < tensors.size(); i++) {
      Weight weight = root.weights().get(i);
      forge.add(i, tensors.get(i), weight, blocks, sensitivity.relativeStep(i), sensitivity.of(i));
      done += weight.byteLength();
      progress.update("coding weights", done, total);
    }
    return forge.finish();
  }

  private Profile measure(Manifest manifest, ChunkSpool spool) throws IOException {
    if (options.samples().isEmpty()) {
      return Profile.unmeasured();
    }
    Samples samples = options.samples().get();
    Evaluator evaluator = new Evaluator(manifest, spool, samples, directory);
    List<Integer> counts = ProfilePoints.choose(manifest);
    Agreement.Answers rootAnswers = evaluator.answers(SubModel.whole(manifest));
    List<Profile.Point> points = new ArrayList<>();
    for (int i = 0; i < counts.size(); i++) {
      progress.update("measuring sub-models", i, counts.size());
      SubModel model = SubModel.prefix(manifest, counts.get(i));
      boolean whole = counts.get(i) == manifest.chunks().size();
      points.add(point(model, whole ? rootAnswers : evaluator.answers(model), rootAnswers, samples));
    }
    progress.update("measuring sub-models", counts.size(), counts.size());
    return new Profile(samples.count(), points);
  }

  private static Profile.Point point(SubModel model, Agreement.Answers answers, Agreement.Answers rootAnswers, Samples samples) {
    OptionalDouble accuracy = OptionalDouble.empty();
    if (samples.labels().isPresent() && rootAnswers.classes()) {
      int[] labels = samples.labels().get();
      int right = 0;
      for (int i = 0; i < labels.length; i++) {
        right += Agreement.best(answers, i) == labels[i] ? 1 : 0;
      }
      accuracy = OptionalDouble.of((double) right / labels.length);
    }
    double bits = 8.0 * model.bytes() / Math.max(1, model.manifest().weightCount());
    return new Profile.Point(model.size(), model.bytes(), bits, Agreement.of(answers, rootAnswers), accuracy);
  }

  private static void deleteAll(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
