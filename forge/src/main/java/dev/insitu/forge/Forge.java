package dev.insitu.forge;

import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.PackageWriter;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.plan.CutProfile;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.forge.FormSearch.Coded;
import dev.insitu.forge.integer.IntegerException;
import dev.insitu.forge.levels.LevelForge;
import dev.insitu.forge.levels.Reference;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.SegmentGraphs;
import dev.insitu.model.SegmentPlan;
import dev.insitu.model.Weight;
import dev.insitu.model.width.ChannelGroups;
import dev.insitu.model.width.Permutation;
import dev.insitu.model.width.Widths;
import dev.insitu.runtime.KeptRootFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes elastic packages of ONNX models.
 *
 * <p>One pass over the weights gathers statistics, a second codes them; chunks are then put in the
 * order of error removed per byte, and what their prefixes are worth is measured. Memory does not
 * grow with the model: weights are read block by block, and sub-models are measured segment by
 * segment.
 */
public final class Forge {

  private final OnnxModel root;
  private final @Nullable OnnxModel parent;
  private final SegmentPlan plan;
  private final Heads heads;
  private final WidthPlan widths;
  private final PackageTensors tensors;
  private final ForgeOptions options;
  private final ForgeProgress progress;
  private final Workplace workplace;
  private final List<String> warnings = new ArrayList<>();

  /**
   * A package that was made.
   *
   * @param manifest its manifest, whole
   * @param digest names it
   * @param profile what its sub-models are worth; without points if nothing was measured
   * @param manifestBytes bytes of the manifest in the file
   * @param warnings what people should know, a sentence each: tensors that travel as they are,
   *     bases without a difference, why nothing was measured
   */
  public record Result(
      Manifest manifest, Digest digest, Profile profile, int manifestBytes, List<String> warnings) {

    public Result {
      warnings = List.copyOf(warnings);
    }
  }

  private Forge(
      OnnxModel root,
      @Nullable OnnxModel parent,
      SegmentPlan plan,
      Heads heads,
      ForgeOptions options,
      ForgeProgress progress,
      Workplace workplace) {
    this.root = root;
    this.parent = parent;
    this.plan = plan;
    this.heads = heads;
    this.widths = WidthPlan.of(heads.joined(root), root, plan, heads.graphs(), options);
    this.tensors =
        new PackageTensors(
            heads.weights(), heads.ends(), widths.orders(), widths.narrower().size());
    this.options = options;
    this.progress = progress;
    this.workplace = workplace;
  }

  /**
   * Packs a model.
   *
   * @param model an ONNX file
   * @param target the {@code .insitu} file; replaced at once when all is written, untouched if
   *     anything fails
   * @throws dev.insitu.model.OnnxException if the model cannot be read
   * @throws ForgeException if it cannot be packed as asked
   * @throws IOException if something cannot be written; it says so if the disk is full
   */
  public static Result pack(Path model, Path target, ForgeOptions options, ForgeProgress progress)
      throws IOException {
    try (OnnxModel root = OnnxModel.open(model);
        OnnxModel parent = options.parent().map(OnnxModel::open).orElse(null)) {
      SegmentPlan plan = Topology.plan(root, options);
      try (Heads heads = Heads.open(root, plan, options.exits());
          Workplace workplace = Workplace.of(target, options.workDirectory())) {
        workplace.requireNoneOf(root.files());
        workplace.requireNoneOf(heads.files());
        if (parent != null) {
          workplace.requireNoneOf(parent.files());
        }
        try {
          return new Forge(root, parent, plan, heads, options, progress, workplace).pack();
        } catch (IOException e) {
          throw workplace.explained(e);
        }
      }
    }
  }

  /** The inputs of a model as packages describe them. */
  public static List<ValueSpec> inputs(OnnxModel model) {
    return Topology.valueSpecs(model.inputs());
  }

  /** The segments into which a package of these options divides a model. */
  public static SegmentPlan plan(OnnxModel model, ForgeOptions options) {
    return Topology.plan(model, options);
  }

  /**
   * The orders in which a package of these options would put the channels of a model, to train with
   * them first.
   *
   * @param groups of the model
   * @return for each group its channels, the most important first
   */
  public static List<Permutation> channelOrders(ChannelGroups groups, ForgeOptions options) {
    double narrowest = options.widths().stream().min(Double::compare).orElse(1.0);
    return WidthPlan.orders(groups, Widths.rounded(groups.list(), narrowest), options);
  }

  private Result pack() throws IOException {
    List<TensorScan.Scanned> found = new ArrayList<>();
    Digest reference = scan(found);
    List<TensorScan.Scanned> scanned = TensorScan.joined(found, tensors::origin);
    List<TensorSpec> specs = scanned.stream().map(TensorScan.Scanned::spec).toList();
    Optional<Digest> origin = Optional.ofNullable(parent).map(some -> Digest.of(some.sha256()));
    Topology topology =
        Topology.of(root, plan, heads, widths, tensors, options, origin, reference, specs);
    try (ChunkSpool spool = new ChunkSpool(workplace.directory().resolve("chunks"))) {
      Coded coded = fitted(form -> coded(scanned, topology, form, spool), spool);
      Manifest bare = coded.manifest();
      List<VersionDifference> differences = differences(bare, spool);
      Optional<KeptRoot> keptRoot = keptRoot(coded, spool);
      Profile profile = measure(bare, spool);
      return write(coded.topology(), bare.chunks(), differences, keptRoot, profile, spool);
    }
  }

  private Coded coded(
      List<TensorScan.Scanned> scanned, Topology topology, Form form, ChunkSpool spool)
      throws IOException {
    List<TensorScan.Scanned> stating = new ArrayList<>();
    for (TensorScan.Scanned tensor : scanned) {
      TensorSpec spec = form.stated().spec(stating.size(), tensor.spec());
      stating.add(new TensorScan.Scanned(spec, tensor.stats(), tensor.weightLength()));
    }
    List<TensorSpec> specs = stating.stream().map(TensorScan.Scanned::spec).toList();
    Topology changed = topology.withTensors(specs);
    return new Coded(changed, withoutExtras(changed, code(stating, specs, form, spool)));
  }

  /** The package in the best form that can be found, if there are samples to find it with. */
  private Coded fitted(FormSearch.Coder coder, ChunkSpool spool) throws IOException {
    Coded plain = coder.code(Form.PLAIN);
    Optional<Samples> samples = options.calibration();
    if (samples.isEmpty()
        || !widths.narrower().isEmpty()
        || samples.get().count() < LevelForge.FEWEST_SAMPLES) {
      return plain;
    }
    Path directory = workplace.directory().resolve("levels");
    Files.createDirectory(directory);
    try {
      LevelForge levels =
          new LevelForge(plain.manifest(), spool, reference(plain), samples.get(), directory);
      return FormSearch.best(plain, coder, levels, progress);
    } catch (IntegerException e) {
      warnings.add("Nothing was calibrated: " + e.getMessage());
      return plain;
    }
  }

  /** The root that the package's sub-models are to be like, if it is another model. */
  private Optional<Reference> reference(Coded plain) {
    if (parent == null) {
      return Optional.empty();
    }
    try {
      Before before = before();
      List<TensorSpec> specs = plain.manifest().tensors();
      Forms forms = Topology.forms(plan, heads, widths, tensors, specs);
      SegmentGraphs graphs = new SegmentGraphs(before.model(), plan);
      return Optional.of(
          new Reference(
              Topology.segments(graphs, plan, forms, widths.narrower().size()),
              file -> before.tensors().write(plain.manifest().blocks(), file)));
    } catch (ForgeException e) {
      warnings.add("The package is fitted to the family alone: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The root that a family was re-trained from, in the family's form.
   *
   * @param tensors with the root's values; those that it lacks as the family has them
   */
  private record Before(OnnxModel model, PackageTensors tensors) {}

  private Before before() {
    OnnxModel before = RootValues.in(root, Objects.requireNonNull(parent));
    List<Weight> weights = heads.weightsWith(before);
    return new Before(
        before,
        new PackageTensors(weights, heads.ends(), widths.orders(), widths.narrower().size()));
  }

  private Digest scan(List<TensorScan.Scanned> into) {
    TensorScan scan = new TensorScan();
    long total = weightBytes();
    long done = 0;
    for (Weight weight : tensors.stored()) {
      into.add(scan.scan(weight));
      done += weight.byteLength();
      progress.update("reading weights", done, total);
    }
    warnings.addAll(scan.warnings());
    return scan.reference();
  }

  private long weightBytes() {
    return tensors.stored().stream().mapToLong(Weight::byteLength).sum();
  }

  /**
   * All chunks: the root's, from the narrowest width on, then those of each head. What is coded
   * together is joined in chunks, so no chunk holds blocks of two parts: the root's chunks are the
   * same with and without exits, and a device fetches the head of its exit, or the width that it
   * runs, alone. In the base wider widths come later and heads last, as the full model runs without
   * them and every prefix that runs an exit's segments is short of its head alone.
   */
  private List<ChunkSpec> code(
      List<TensorScan.Scanned> scanned, List<TensorSpec> specs, Form form, ChunkSpool spool)
      throws IOException {
    List<ChunkSpec> chunks = new ArrayList<>();
    List<ChunkSpec> ofHead = new ArrayList<>();
    List<PackageTensors.Run> runs = tensors.runs();
    for (int i = 0; i < runs.size(); i++) {
      PackageTensors.Run run = runs.get(i);
      List<ChunkSpec> part = code(scanned, specs, form, spool, run);
      if (run.head() < 0) {
        chunks.addAll(part);
        continue;
      }
      ofHead.addAll(part);
      if (i + 1 == runs.size() || runs.get(i + 1).head() != run.head()) {
        chunks.addAll(HeadErrors.inStep(chunks, ofHead));
        ofHead.clear();
      }
    }
    return chunks;
  }

  private List<ChunkSpec> code(
      List<TensorScan.Scanned> scanned,
      List<TensorSpec> specs,
      Form form,
      ChunkSpool spool,
      PackageTensors.Run run)
      throws IOException {
    Sensitivity sensitivity =
        Sensitivity.ofWeightsAlone(scanned.subList(0, endOf(run.head())))
            .times(form.sensitivities());
    ChunkForge forge =
        new ChunkForge(
            new BlockTable(specs),
            sensitivity,
            WeightCoding.LEVELS,
            form,
            options.entropyCoding(),
            spool);
    long total = weightBytes();
    long done = tensors.stored().stream().limit(run.from()).mapToLong(Weight::byteLength).sum();
    for (int i = run.from(); i < run.end(); i++) {
      Weight weight = tensors.stored().get(i);
      Float step = options.training().steps().get(tensors.originName(i));
      forge.add(i, scanned.get(i), weight, Optional.ofNullable(step));
      done += weight.byteLength();
      progress.update("coding weights", done, total);
    }
    return forge.finish();
  }

  /** Where the tensors of the root or a head end: those before tell what lengths are typical. */
  private int endOf(int head) {
    return tensors.runs().stream()
        .filter(run -> run.head() == head)
        .mapToInt(PackageTensors.Run::end)
        .max()
        .orElseThrow();
  }

  /** The manifest with its chunks in canonical order, but neither profile nor differences. */
  private static Manifest withoutExtras(Topology topology, List<ChunkSpec> byGroup) {
    Manifest draft = topology.manifest(byGroup);
    List<ChunkSpec> order = CanonicalOrder.sort(byGroup, draft.lattice()::needs);
    return topology.manifest(order);
  }

  private List<VersionDifference> differences(Manifest bare, ChunkSpool spool) throws IOException {
    Differences differences =
        new Differences(tensors.stored(), bare, spool, workplace.directory(), progress);
    List<VersionDifference> found = differences.against(options.bases());
    warnings.addAll(differences.warnings());
    return found;
  }

  /** The root of a re-trained family, if it is to be kept, having come back bit for bit. */
  private Optional<KeptRoot> keptRoot(Coded coded, ChunkSpool spool) throws IOException {
    if (parent == null || !options.keepsRoot()) {
      return Optional.empty();
    }
    Manifest bare = coded.manifest();
    Before before = before();
    Forms forms = Topology.forms(plan, heads, widths, tensors, bare.tensors());
    byte[] graph =
        new SegmentGraphs(before.model(), plan).wholeGraph(forms.locator(widths.narrower().size()));
    KeptRoot kept =
        new RootKeeper(bare.blocks(), tensors.stored(), before.tensors().stored(), spool, progress)
            .keep(graph, bare);
    Path weights = workplace.directory().resolve("root.weights");
    KeptRootFile.assemble(bare, kept, spool, weights);
    Files.delete(weights);
    return Optional.of(kept);
  }

  private Profile measure(Manifest bare, ChunkSpool spool) throws IOException {
    if (options.samples().isEmpty()) {
      return Profile.unmeasured();
    }
    Samples samples = options.samples().get();
    try {
      Evaluator evaluator = Evaluator.of(bare, spool, samples, workplace.directory());
      Profile profile =
          new Measurement(bare, evaluator, samples.labels(), options.latency(), progress).profile();
      if (parent != null && options.keepsRoot()) {
        profile = profile.withRootAgreement(evaluator.agreementWith(parent.file()));
      }
      return profile.withCuts(cuts(bare, spool, samples));
    } catch (ForgeException e) {
      if (!samples.generated()) {
        throw e;
      }
      warnings.add("Nothing was measured with generated inputs: " + e.getMessage());
      return Profile.unmeasured();
    }
  }

  private List<CutProfile> cuts(Manifest bare, ChunkSpool spool, Samples samples)
      throws IOException {
    List<Integer> bits = options.cuts().featureBits();
    if (bits.isEmpty()) {
      return List.of();
    }
    try {
      return CutMeasurement.measure(bare, spool, samples, bits, workplace.directory(), progress);
    } catch (ForgeException e) {
      warnings.add("Its cuts were not measured: " + e.getMessage());
      return List.of();
    }
  }

  private Result write(
      Topology topology,
      List<ChunkSpec> order,
      List<VersionDifference> differences,
      Optional<KeptRoot> keptRoot,
      Profile profile,
      ChunkSpool spool)
      throws IOException {
    byte[] profileBytes = profile.points().isEmpty() ? new byte[0] : ProfileCodec.write(profile);
    Optional<ObjectRef> profileRef =
        profileBytes.length == 0
            ? Optional.empty()
            : Optional.of(new ObjectRef(Digest.sha256(profileBytes), profileBytes.length));
    Manifest manifest = topology.manifest(order, profileRef, differences, keptRoot);
    ManifestCodec.Body body = ManifestCodec.body(manifest);
    byte[] manifestBytes = ManifestCodec.whole(body);
    List<Signed> signatures =
        options.signer().map(signer -> List.of(signer.apply(body.digest()))).orElse(List.of());
    progress.update("writing", 0, 1);
    PackageWriter.write(workplace.target(), manifestBytes, signatures, profileBytes, spool);
    progress.update("writing", 1, 1);
    return new Result(manifest, body.digest(), profile, manifestBytes.length, warnings);
  }
}
