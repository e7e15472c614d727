package dev.insitu.model;

import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.StringStringEntryProto;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An opened ONNX model. Weights stay in the file and are read on demand, so that memory does not
 * grow with the model. Safe for use by several threads.
 */
public final class OnnxModel implements AutoCloseable {

  private static final int DIGEST_BUFFER_BYTES = 1 << 20;

  private final Path file;
  private final DataFiles files;
  private final ModelProto skeleton;
  private final Set<String> constants;
  private final List<Weight> weights;
  private final long parameterCount;
  private final GraphIndex index;
  private final ExecutionOrder order;
  private final Map<String, Fact> facts;

  private OnnxModel(
      Path file,
      DataFiles files,
      ModelProto skeleton,
      Set<String> constants,
      List<Weight> weights,
      long parameterCount) {
    this.file = file;
    this.files = files;
    this.skeleton = skeleton;
    this.constants = constants;
    this.weights = weights;
    this.parameterCount = parameterCount;
    this.index = new GraphIndex(skeleton.getGraph());
    this.order = new ExecutionOrder(index);
    this.facts = ShapeInference.infer(skeleton, order.topological(), null);
  }

  /**
   * Opens a model and checks that all its tensors' values are there.
   *
   * @param file an ONNX file; external data files are looked for beside it and below
   * @throws OnnxException if it cannot be read, is no ONNX model, is inconsistent or too big
   *     besides its weights
   */
  public static OnnxModel open(Path file) {
    DataFiles files = new DataFiles();
    try {
      FileKinds.check(file);
      StoredTensors stored = new StoredTensors();
      ModelProto raw = new ModelReader(file, files, stored).read();
      if (!raw.hasGraph() || raw.getOpsetImportCount() == 0) {
        throw new OnnxException(
            "it has no graph or no operator set\nMaybe it is not an ONNX model.");
      }
      Normalizer.Result normal = Normalizer.normalize(raw, stored);
      WeightTable.Result table = WeightTable.build(normal.model(), stored);
      return new OnnxModel(
          file,
          files,
          table.model(),
          normal.constants(),
          List.copyOf(table.weights()),
          table.parameterCount());
    } catch (OnnxException e) {
      files.close();
      throw e.in(file.toString());
    } catch (RuntimeException | Error e) {
      files.close();
      throw e;
    }
  }

  /**
   * A model that was made of this one. It has no files of its own and needs not be closed; its
   * weights can be read as long as theirs are.
   *
   * @param derived in the form of {@link #skeleton}
   * @param weights by number, which derived initializers are marked with
   */
  public OnnxModel derived(ModelProto derived, List<Weight> weights) {
    long parameters = weights.stream().mapToLong(Weight::elements).sum();
    return new OnnxModel(
        file, new DataFiles(), derived, constants, List.copyOf(weights), parameters);
  }

  /** The file that was opened. */
  public Path file() {
    return file;
  }

  /** The model's file and the external data files it uses. */
  public List<Path> files() {
    return files.paths();
  }

  /**
   * The model without the weights' values, in a normal form: names are unique over all graphs;
   * constants, also those of inner graphs that are big, are initializers of the main graph; a
   * weight's initializer is EXTERNAL with the one entry {@code stored=index}; unused constants are
   * gone.
   */
  public ModelProto skeleton() {
    return skeleton;
  }

  /** Every tensor that is big enough to be coded, once, in the order of first use. */
  public List<Weight> weights() {
    return weights;
  }

  /** What the caller must feed; initializers that old files list as inputs are left out. */
  public List<ValueInfo> inputs() {
    return skeleton.getGraph().getInputList().stream().map(ValueInfo::of).toList();
  }

  /** What the model computes. */
  public List<ValueInfo> outputs() {
    return skeleton.getGraph().getOutputList().stream().map(ValueInfo::of).toList();
  }

  /**
   * Number of trained elements, those of small tensors included, statistics of normalizations too.
   */
  public long parameterCount() {
    return parameterCount;
  }

  /** Version of ONNX's own operator set. */
  public int opset() {
    return ShapeInference.opset(skeleton);
  }

  /** Version of the file format. */
  public long irVersion() {
    return skeleton.getIrVersion();
  }

  /** The model's own notes, such as class names. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (StringStringEntryProto entry : skeleton.getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    return metadata;
  }

  /**
   * SHA-256 of the file's bytes, followed by those of its external data files in the order of first
   * mention.
   */
  public byte[] sha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer buffer = ByteBuffer.allocate(DIGEST_BUFFER_BYTES);
      for (int i = 0; i < files.paths().size(); i++) {
        long size = files.size(i);
        for (long at = 0; at < size; at += buffer.limit()) {
          buffer.clear().limit((int) Math.min(buffer.capacity(), size - at));
          files.read(i, at, buffer);
          digest.update(buffer.flip());
        }
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Java without SHA-256", e);
    }
  }

  GraphIndex index() {
    return index;
  }

  ExecutionOrder order() {
    return order;
  }

  /** Types and shapes that hold for every input the model accepts. */
  Map<String, Fact> facts() {
    return facts;
  }

  /** Types and shapes for inputs of typical or given sizes. */
  Map<String, Fact> facts(Map<String, Long> sizes) {
    ShapeHints hints = new ShapeHints(sizes, skeleton.getGraph().getInputList());
    return ShapeInference.infer(skeleton, order.topological(), hints);
  }

  /** Names of small initializers that were Constant nodes, which nobody outside the model knows. */
  Set<String> constants() {
    return constants;
  }

  /**
   * The number of the weight that an initializer stands for, -1 if it carries its values or is
   * none.
   */
  int weightNumber(String initializer) {
    var tensor = index.initializers().get(initializer);
    return tensor == null ? -1 : StoredTensors.number(tensor);
  }

  @Override
  public void close() {
    files.close();
  }
}
