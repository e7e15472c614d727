package dev.insitu.forge.levels;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.ForgeProgress;
import dev.insitu.forge.integer.Constants;
import dev.insitu.forge.integer.EditableGraph;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.SegmentJoin;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Works out what small tensors say at each level of bits, where it pays.
 *
 * <p>A level is the sub-model of all groups up to one: values for it are as good as values for the
 * very prefix that a device has, of which some tensors are a plane ahead (see
 * docs/design/choices.md). Some samples are calibrated on, others judge: a level states values anew
 * only if its answers come nearer to the root's by more than the bytes would bring if planes were
 * sent instead.
 */
public final class LevelForge {

  /** With fewer samples than this neither means nor judgement are worth anything. */
  public static final int FEWEST_SAMPLES = 32;

  private static final int MOST_TO_CALIBRATE = 128; // 64 are as good on 32x32 pictures
  private static final int MOST_TO_JUDGE = 256;
  private static final double LEAST_GAIN = 0.02; // of the error
  private static final double BYTES_PER_VALUE = 1.1; // as measured
  private static final int TRIALS = 6;
  private static final int TRIED_GROUPS = 2;
  private static final int MEASURED_GROUP = 1; // errors are small, but not below notice
  private static final int MOST_MEASURED = 256; // tensors
  private static final int MEASURED_SAMPLES = 64; // errors are means over all classes
  private static final long SMALL_WEIGHTS = 64L << 20; // a second form in memory is no matter

  private final Manifest plain;
  private final ChunkSource chunks;
  private final Path directory;
  private final ModelProto model;
  private final ModelProto root;
  private final String rootFile;
  private final EditableGraph graph;
  private final List<Site> sites;
  private final Optimisation optimisation;
  private final Samples calibrated;
  private final Judge judge;
  private final Judge quickJudge;

  /**
   * Runs the root.
   *
   * @param plain manifest of a package in which nothing is stated yet
   * @param chunks of all packages that are asked for, with the same tensors and graphs
   * @param root whose answers are wanted; empty for those of the whole package
   * @param samples at least {@link #FEWEST_SAMPLES}
   * @param directory for temporary files of three times the weights' size; they stay
   * @throws dev.insitu.forge.integer.IntegerException if ONNX Runtime cannot run the model
   */
  public LevelForge(
      Manifest plain, ChunkSource chunks, Optional<Reference> root, Samples samples, Path directory)
      throws IOException {
    this.plain = plain;
    this.chunks = chunks;
    this.directory = directory;
    this.model = ModelProto.parseFrom(joined(plain.segments(), plain.exits(), plain.outputs()));
    this.graph = new EditableGraph(model);
    this.optimisation =
        plain.blocks().weightFileBytes() <= SMALL_WEIGHTS ? Optimisation.ALL : Optimisation.BASIC;
    int first = Math.min(MOST_TO_CALIBRATE, samples.count() / 2);
    int others = Math.min(MOST_TO_JUDGE, samples.count() - first);
    this.calibrated = samples.first(first);
    weights(plain, SubModel.whole(plain), Pair.WHOLE_FILE);
    Path whole = write(Pair.in(Pair.WHOLE_FILE, model), "whole.onnx");
    this.rootFile = root.isEmpty() ? Pair.WHOLE_FILE : Pair.ROOT_FILE;
    this.root = Pair.in(rootFile, root.isEmpty() ? model : other(root.get()));
    int common = this.root.getGraph().getNodeCount();
    this.sites =
        SiteFinder.find(graph, plain).stream().filter(site -> site.node() < common).toList();
    Path wanted = write(this.root, "root.onnx");
    this.judge = new Judge(wanted, samples.range(first, first + others), optimisation);
    int some = Math.min(MEASURED_SAMPLES, first);
    this.quickJudge = new Judge(whole, samples.first(some), optimisation);
  }

  private ModelProto other(Reference reference) throws IOException {
    reference.weights().write(directory.resolve(Pair.ROOT_FILE));
    return ModelProto.parseFrom(joined(reference.segments(), List.of(), plain.outputs()));
  }

  /** The whole model with heads as one graph. */
  private static byte[] joined(
      List<SegmentSpec> segments, List<ExitSpec> exits, List<ValueSpec> made) {
    List<byte[]> graphs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    segments.forEach(segment -> graphs.add(bytes(segment)));
    made.stream().map(ValueSpec::name).forEach(outputs::add);
    for (ExitSpec exit : exits) {
      graphs.add(bytes(exit.head()));
      outputs.addAll(exit.head().outputs());
    }
    return SegmentJoin.join(graphs, List.of(), outputs);
  }

  private static byte[] bytes(SegmentSpec segment) {
    ByteBuffer graph = segment.graph();
    byte[] bytes = new byte[graph.remaining()];
    graph.get(bytes);
    return bytes;
  }

  /**
   * What a package's prefixes are worth, on samples that nothing is calibrated on: from the base to
   * about 4 bits a weight. Those of all variants hold the same planes.
   *
   * @param variant of the plain package: with other values or codes, in other chunks
   */
  public Trial trial(Manifest variant) throws IOException {
    Path file = write(Pair.in(Pair.LEVEL_FILE, model), "trial.onnx");
    List<Trial.Point> points = new ArrayList<>();
    long planes = bytes(plain, 1, TRIED_GROUPS) / TRIED_GROUPS;
    int base = chunks(plain, 0);
    int most = chunks(plain, TRIED_GROUPS);
    for (int i = 0; i < TRIALS; i++) {
      int count = base + (most - base) * i / (TRIALS - 1);
      SubModel prefix = SubModel.prefix(variant, Math.min(count, variant.chunks().size()));
      weights(variant, prefix, Pair.LEVEL_FILE);
      points.add(new Trial.Point((double) prefix.bytes() / planes, judge.judge(file)));
    }
    return new Trial(points);
  }

  /**
   * How much an error of a tensor's weights, relative to their power, matters to the answers, by
   * tensor; about 1 on average. Measured by making one tensor after the other as coarse as a prefix
   * has it, on other samples than those that judge.
   *
   * @param progress told how many tensors of all are done
   */
  public Map<Integer, Double> sensitivities(ForgeProgress progress) throws IOException {
    Map<Integer, Double> found = new HashMap<>();
    if (quickJudge.outputs().isEmpty()) {
      return found;
    }
    weights(plain, level(plain, MEASURED_GROUP), Pair.LEVEL_FILE);
    int[] tensors = TensorErrors.measured(plain, MOST_MEASURED);
    for (int tensor : tensors) {
      long offset = plain.blocks().offset(tensor);
      ModelProto coarse = Pair.in(at -> at == offset ? Pair.LEVEL_FILE : Pair.WHOLE_FILE, model);
      double error = quickJudge.judge(write(coarse, "one.onnx")).error();
      double relative =
          TensorErrors.relative(
              plain,
              tensor,
              directory.resolve(Pair.WHOLE_FILE),
              directory.resolve(Pair.LEVEL_FILE));
      found.put(tensor, relative > 0 ? error / relative : 0);
      progress.update("measuring sensitivity", found.size(), tensors.length);
    }
    return TensorErrors.around1(found);
  }

  /**
   * What is worth stating.
   *
   * @param variant the plain package, or one with other codes
   * @param progress told the groups that are done
   */
  public StatedValues values(Manifest variant, IntConsumer progress) throws IOException {
    StatedValues stated = new StatedValues(variant.levels());
    if (sites.isEmpty() || judge.outputs().isEmpty()) {
      return stated;
    }
    Pair pair = new Pair(root, Pair.in(Pair.LEVEL_FILE, model), sites);
    Path pairFile = write(pair.model(), "pair.onnx");
    Calibration calibration = new Calibration(sites, pair, judge.outputs(), calibrated);
    SmallTensors exact = exact(rootFile);
    SmallTensors held = exact(Pair.WHOLE_FILE).stated();
    for (int group = 0; group <= variant.levels(); group++) {
      weights(variant, level(variant, group), Pair.LEVEL_FILE);
      SmallTensors wanted = calibration.run(pairFile, optimisation, exact);
      Judge.Verdict before = verdict(held);
      Judge.Verdict after = verdict(wanted);
      long bytes = group == 0 ? 0 : Math.round(BYTES_PER_VALUE * wanted.differences(held));
      if (pays(before, after, (double) bytes / bytes(variant, group, group))) {
        for (int tensor : wanted.tensors()) {
          stated.state(tensor, group, wanted.of(tensor), held.of(tensor));
        }
        held = wanted;
      }
      progress.accept(group + 1);
    }
    return stated;
  }

  private static int chunks(Manifest manifest, int group) {
    return (int) manifest.chunks().stream().filter(chunk -> chunk.group() <= group).count();
  }

  /**
   * Whether stating is worth its bytes.
   *
   * @param cost as a share of a plane's, which takes most of the error away
   */
  private static boolean pays(Judge.Verdict before, Judge.Verdict after, double cost) {
    double gain = (before.error() - after.error()) / before.error(); // NaN if there is no error
    return gain >= Math.max(LEAST_GAIN, cost) && !after.worseThan(before);
  }

  private static long bytes(Manifest manifest, int fromGroup, int toGroup) {
    return manifest.chunks().stream()
        .filter(chunk -> chunk.group() >= fromGroup && chunk.group() <= toGroup)
        .mapToLong(ChunkSpec::size)
        .sum();
  }

  private static SubModel level(Manifest manifest, int group) {
    return SubModel.closureOf(
        manifest,
        IntStream.range(0, manifest.chunks().size())
            .filter(i -> manifest.chunks().get(i).group() <= group));
  }

  private void weights(Manifest manifest, SubModel some, String name) throws IOException {
    Path file = directory.resolve(name);
    Files.deleteIfExists(file);
    WeightFile.assemble(manifest, chunks, some, tensor -> true, file);
  }

  private SmallTensors exact(String file) throws IOException {
    SmallTensors values = new SmallTensors();
    try (FileChannel channel = FileChannel.open(directory.resolve(file))) {
      for (Site site : sites) {
        for (int tensor : site.tensors()) {
          values.put(tensor, read(channel, tensor, site.channels()));
        }
      }
    }
    return values;
  }

  private float[] read(FileChannel channel, int tensor, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long start = plain.blocks().offset(tensor);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, start + bytes.position()) < 0) {
        throw new IOException("The weights end before byte " + start + ".");
      }
    }
    float[] values = new float[length];
    bytes.flip().asFloatBuffer().get(values);
    return values;
  }

  /** The level's answers with these small tensors. */
  private Judge.Verdict verdict(SmallTensors values) throws IOException {
    EditableGraph changed = new EditableGraph(Pair.in(Pair.LEVEL_FILE, model));
    for (Site site : sites) {
      put(changed, site, Site.MEAN, values.of(site.mean()));
      put(changed, site, Site.VARIANCE, values.of(site.variance()));
    }
    return judge.judge(write(changed.build(), "level.onnx"));
  }

  private void put(EditableGraph changed, Site site, int input, float[] values) {
    String name = graph.nodes().get(site.node()).getInput(input);
    changed.put(Constants.ofFloats(name, values, values.length));
  }

  private Path write(ModelProto some, String name) throws IOException {
    return Files.write(directory.resolve(name), some.toByteArray());
  }
}
