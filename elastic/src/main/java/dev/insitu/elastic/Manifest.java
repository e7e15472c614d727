package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The topology of a package: what the root is, its tensors, segments and chunks. Its digest names
 * the package version.
 *
 * <p>A manifest that exists is consistent: every segment and exit refers to tensors there are and
 * reads values that are there before it, and for each group the chunks are disjoint, cover every
 * block with content, and stand after what they need. Immutable.
 *
 * <p>A package of several widths is one manifest and a narrower view of it for each of them ({@link
 * #atWidth}): what a view's segments, exits and sub-models are is that width's.
 */
public final class Manifest {

  /** Most tensors of a package. */
  public static final int MAX_TENSORS = 1 << 20;

  /** Most segments of a package. */
  public static final int MAX_SEGMENTS = 4096;

  /** Most chunks of a package. */
  public static final int MAX_CHUNKS = 4 << 20;

  /** Most inputs, and most outputs, of a model. */
  public static final int MAX_VALUES = 4096;

  /** Most earlier versions that a package holds differences against. */
  public static final int MAX_DIFFERENCES = 16;

  /** Most inputs and outputs of all segments and exits together. */
  static final int MAX_SEGMENT_NAMES = 65_536;

  private final Header header;
  private final WidthTable widthTable;
  private final int width; // index among the views
  private final List<Manifest> views; // from the narrowest to the whole width
  private final BitSet used; // the chunks of what this width uses
  private final List<ValueSpec> inputs;
  private final List<ValueSpec> outputs;
  private final List<TensorSpec> tensors;
  private final List<SegmentSpec> segments;
  private final List<ExitSpec> exits;
  private final ByteBuffer fusedGraph;
  private final List<ChunkSpec> chunks;
  private final Optional<ObjectRef> profile;
  private final List<VersionDifference> differences;
  private final Optional<KeptRoot> keptRoot;
  private final BlockTable blocks;
  private volatile @Nullable WeightLayout layout; // made when it is first asked for
  private final Lattice lattice;

  /**
   * What a package version is.
   *
   * @param name of the model, as users call it
   * @param version of the package, as users call it
   * @param root SHA-256 of the root model's files
   * @param parent root or manifest this family was re-trained from
   * @param reference SHA-256 of all tensors' reference bytes in order
   * @param levels bit planes after the base group: groups are 0..levels + 1
   * @param retrained whether the reference is a re-trained family's own float model instead of the
   *     root
   */
  public record Header(
      String name,
      String version,
      Digest root,
      Optional<Digest> parent,
      Digest reference,
      int levels,
      boolean retrained) {

    public Header {
      Names.requireModelName(name);
      Names.requireVersion(version);
      Objects.requireNonNull(root);
      Objects.requireNonNull(parent);
      Objects.requireNonNull(reference);
      if (levels < 0 || levels > TensorSpec.MAX_REFINEMENTS) {
        throw ElasticException.corrupt("A package has 0 to 14 refinements, not " + levels + ".");
      }
    }
  }

  /**
   * An object beside the manifest, named by digest and size.
   *
   * @param digest of its bytes
   * @param size bytes
   */
  public record ObjectRef(Digest digest, int size) {

    public ObjectRef {
      Objects.requireNonNull(digest);
      if (size < 1) {
        throw ElasticException.corrupt("Object " + digest.brief() + " has " + size + " bytes.");
      }
    }
  }

  /**
   * A manifest without exits and of one width.
   *
   * @throws ElasticException if the parts contradict one another
   */
  public Manifest(
      Header header,
      List<ValueSpec> inputs,
      List<ValueSpec> outputs,
      List<TensorSpec> tensors,
      List<SegmentSpec> segments,
      ByteBuffer fusedGraph,
      List<ChunkSpec> chunks,
      Optional<ObjectRef> profile,
      List<VersionDifference> differences) {
    this(
        header,
        inputs,
        outputs,
        tensors,
        segments,
        List.of(),
        fusedGraph,
        WidthTable.NONE,
        chunks,
        profile,
        differences);
  }

  /**
   * A manifest without a kept root.
   *
   * @throws ElasticException if the parts contradict one another
   */
  public Manifest(
      Header header,
      List<ValueSpec> inputs,
      List<ValueSpec> outputs,
      List<TensorSpec> tensors,
      List<SegmentSpec> segments,
      List<ExitSpec> exits,
      ByteBuffer fusedGraph,
      WidthTable widthTable,
      List<ChunkSpec> chunks,
      Optional<ObjectRef> profile,
      List<VersionDifference> differences) {
    this(
        header,
        inputs,
        outputs,
        tensors,
        segments,
        exits,
        fusedGraph,
        widthTable,
        chunks,
        profile,
        differences,
        Optional.empty());
  }

  /**
   * @throws ElasticException if the parts contradict one another
   */
  public Manifest(
      Header header,
      List<ValueSpec> inputs,
      List<ValueSpec> outputs,
      List<TensorSpec> tensors,
      List<SegmentSpec> segments,
      List<ExitSpec> exits,
      ByteBuffer fusedGraph,
      WidthTable widthTable,
      List<ChunkSpec> chunks,
      Optional<ObjectRef> profile,
      List<VersionDifference> differences,
      Optional<KeptRoot> keptRoot) {
    this.header = Objects.requireNonNull(header);
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.tensors = List.copyOf(tensors);
    this.segments = List.copyOf(segments);
    this.exits = List.copyOf(exits);
    this.fusedGraph = fusedGraph.asReadOnlyBuffer();
    this.chunks = List.copyOf(chunks);
    this.profile = Objects.requireNonNull(profile);
    this.differences = List.copyOf(differences);
    this.keptRoot = Objects.requireNonNull(keptRoot);
    requireLimits();
    ManifestRules.checkTensors(this.tensors, header.levels());
    SegmentRules.check(this.inputs, this.outputs, this.segments, this.exits, this.tensors.size());
    ManifestRules.checkSizes(this.chunks, furtherChunks(this.differences, keptRoot));
    this.blocks = new BlockTable(this.tensors);
    ManifestRules.checkDifferences(this.differences, blocks);
    keptRoot.ifPresent(root -> ManifestRules.checkRuns(root.chunks(), tensor -> true, blocks));
    this.lattice = new Lattice(header.levels(), this.tensors, blocks, this.chunks);
    this.widthTable = Objects.requireNonNull(widthTable);
    this.width = widthTable.forms().size();
    this.used = new BitSet();
    used.set(0, this.chunks.size());
    WidthRules.checkForms(this);
    List<Manifest> all = new ArrayList<>();
    for (WidthForm form : widthTable.forms()) {
      all.add(new Manifest(this, form, all));
    }
    all.add(this);
    this.views = all;
    WidthRules.check(this, all);
  }

  /** A narrower view of a manifest. */
  private Manifest(Manifest whole, WidthForm form, List<Manifest> views) {
    this.header = whole.header;
    this.widthTable = whole.widthTable;
    this.width = views.size();
    this.views = views;
    this.inputs = whole.inputs;
    this.outputs = whole.outputs;
    this.tensors = whole.tensors;
    this.segments = form.segments();
    this.exits = form.exits();
    this.fusedGraph = form.fusedGraph();
    this.chunks = whole.chunks;
    this.profile = whole.profile;
    this.differences = whole.differences;
    this.keptRoot = whole.keptRoot;
    this.blocks = whole.blocks;
    this.lattice = whole.lattice;
    this.used = SubModel.used(this);
  }

  private void requireLimits() {
    ManifestRules.requireAtMost("inputs", inputs.size(), MAX_VALUES);
    ManifestRules.requireAtMost("outputs", outputs.size(), MAX_VALUES);
    ManifestRules.requireAtMost("tensors", tensors.size(), MAX_TENSORS);
    ManifestRules.requireAtMost("segments", segments.size(), MAX_SEGMENTS);
    ManifestRules.requireAtMost("chunks", chunks.size(), MAX_CHUNKS);
    ManifestRules.requireAtMost("differences", differences.size(), MAX_DIFFERENCES);
  }

  public Header header() {
    return header;
  }

  /** The model's name. */
  public String name() {
    return header.name();
  }

  /** Bit planes after the base group. */
  public int levels() {
    return header.levels();
  }

  /** The number of the lossless group. */
  public int losslessGroup() {
    return header.levels() + 1;
  }

  public List<ValueSpec> inputs() {
    return inputs;
  }

  public List<ValueSpec> outputs() {
    return outputs;
  }

  public List<TensorSpec> tensors() {
    return tensors;
  }

  public List<SegmentSpec> segments() {
    return segments;
  }

  /** Where the model can answer early, ascending; empty if it answers at its end only. */
  public List<ExitSpec> exits() {
    return exits;
  }

  /**
   * The exit that makes a model of the first segments.
   *
   * @param depth how many segments
   */
  public Optional<ExitSpec> exitAt(int depth) {
    return exits.stream().filter(exit -> exit.depth() == depth).findFirst();
  }

  /** The narrower forms that there are besides the whole width. */
  public WidthTable widthTable() {
    return widthTable;
  }

  /** Shares of the widths that the model can be had in, ascending; the last is 1. */
  public List<Double> widths() {
    return views.stream().map(Manifest::share).collect(Collectors.toUnmodifiableList());
  }

  /** The number of this view's width among {@link #widths}. */
  public int width() {
    return width;
  }

  /** This view's share of the channels, as people call it; 1 for the whole width. */
  public double share() {
    return (double) permille() / WidthForm.WHOLE_PERMILLE;
  }

  private int permille() {
    return isWhole() ? WidthForm.WHOLE_PERMILLE : widthTable.forms().get(width).permille();
  }

  /** Whether this is the whole width. */
  public boolean isWhole() {
    return width == widthTable.forms().size();
  }

  /**
   * The same package at a width: tensors, chunks and what they need are the same objects; segments,
   * exits and the fused graph are the width's.
   *
   * @param number among {@link #widths}
   */
  public Manifest atWidth(int number) {
    return views.get(number);
  }

  /** The whole width. */
  public Manifest whole() {
    return views.get(views.size() - 1);
  }

  /**
   * The same package at the width that people call by this share.
   *
   * @throws ElasticException INVALID if there is none of that share
   */
  public Manifest atShare(double share) {
    for (Manifest view : views) {
      if (view.permille() == Math.round(share * WidthForm.WHOLE_PERMILLE)) {
        return view;
      }
    }
    throw ElasticException.invalid(
        "width is "
            + share
            + "; '"
            + name()
            + "' has the widths "
            + widths().stream().map(String::valueOf).collect(Collectors.joining(", "))
            + ".\nMaybe ask for one of these.");
  }

  /** Numbers of the chunks that this width uses at all. A copy. */
  public BitSet usedChunks() {
    return (BitSet) used.clone();
  }

  /** The whole model as one graph without weights. */
  public ByteBuffer fusedGraph() {
    return segments.size() == 1 ? segments.get(0).graph() : fusedGraph.duplicate();
  }

  /** All chunks in canonical order. */
  public List<ChunkSpec> chunks() {
    return chunks;
  }

  public Optional<ObjectRef> profile() {
    return profile;
  }

  public List<VersionDifference> differences() {
    return differences;
  }

  /** The model that a re-trained family comes from, if the package holds it too. */
  public Optional<KeptRoot> keptRoot() {
    return keptRoot;
  }

  /**
   * All chunks beside those of the canonical order, as they stand in files: those of differences,
   * then those of the kept root.
   */
  public List<ObjectRef> furtherChunks() {
    return furtherChunks(differences, keptRoot);
  }

  private static List<ObjectRef> furtherChunks(
      List<VersionDifference> differences, Optional<KeptRoot> keptRoot) {
    List<ObjectRef> further = new ArrayList<>();
    differences.forEach(difference -> difference.chunks().forEach(c -> further.add(c.ref())));
    keptRoot.ifPresent(root -> {
      further.add(root.graph());
      root.chunks().forEach(chunk -> further.add(chunk.ref()));
    });
    return further;
  }

  /** Blocks, and where the tensors lie one after another, parts of joined ones apart. */
  public BlockTable blocks() {
    return blocks;
  }

  /** Where tensors lie in this width's weight file, as its graphs refer to it. */
  public WeightLayout layout() {
    WeightLayout made = layout;
    if (made == null) {
      made =
          widthTable.forms().isEmpty()
              ? WeightLayout.plain(blocks)
              : WeightLayout.of(tensors, widthTable, width, SubModel.tensorsOf(this));
      layout = made;
    }
    return made;
  }

  /** What every chunk needs. */
  public Lattice lattice() {
    return lattice;
  }

  /** Multiply-accumulates of all segments for one sample; 0 if unknown. */
  public double macs() {
    return macs(segments().size());
  }

  /** Multiply-accumulates of the first segments for one sample; 0 if unknown. */
  public double macs(int depth) {
    return segments().stream().limit(depth).mapToDouble(SegmentSpec::macs).sum();
  }

  /** Number of weights that this width uses: elements of all tensors that are not RAW. */
  public long weightCount() {
    IntStream some =
        isWhole() ? IntStream.range(0, tensors.size()) : SubModel.tensorsOf(this).stream();
    return some.mapToObj(tensors::get)
        .filter(tensor -> tensor.coding() != Coding.RAW)
        .mapToLong(TensorSpec::length)
        .sum();
  }

  /** Bytes of all chunks that this width uses. */
  public long chunkBytes() {
    return used.stream().mapToLong(i -> chunks.get(i).size()).sum();
  }
}
