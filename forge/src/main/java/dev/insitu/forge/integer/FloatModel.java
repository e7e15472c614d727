package dev.insitu.forge.integer;

import dev.insitu.model.proto.ModelProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A float model in memory, whose layers' weights can be exchanged. */
public final class FloatModel {

  private final ModelProto model;
  private final List<LayerWeights> layers;

  /**
   * The weights of a layer; a tensor that several share is one.
   *
   * @param name of the tensor
   * @param values as stored
   * @param dims as stored
   * @param axis dimension of output channels, 0 or 1; 1 only with two dimensions
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record LayerWeights(String name, float[] values, long[] dims, int axis) {

    /** Number of output channels. */
    public int channels() {
      return (int) dims[axis];
    }

    /** The values with output channels outermost. A new array. */
    public float[] byChannel() {
      return axis == 0 ? values.clone() : transposed(values, values.length / channels());
    }

    /** Values with output channels outermost, in the order they are stored. A new array. */
    public float[] inPlace(float[] byChannel) {
      return axis == 0 ? byChannel.clone() : transposed(byChannel, channels());
    }

    private static float[] transposed(float[] values, int rows) {
      float[] turned = new float[values.length];
      int columns = values.length / rows;
      for (int i = 0; i < values.length; i++) {
        turned[i % columns * rows + i / columns] = values[i];
      }
      return turned;
    }
  }

  private FloatModel(ModelProto model, List<LayerWeights> layers) {
    this.model = model;
    this.layers = layers;
  }

  /**
   * Reads a model.
   *
   * @throws dev.insitu.model.OnnxException if it cannot be read
   * @throws IntegerException if it is too large
   */
  public static FloatModel read(Path file) {
    ModelProto model = WholeModel.read(file);
    EditableGraph graph = new EditableGraph(model);
    Map<String, LayerWeights> layers = new LinkedHashMap<>();
    for (var node : graph.nodes()) {
      Layer layer = Layer.of(node, graph);
      if (layer != null) {
        layers.putIfAbsent(
            layer.name(),
            new LayerWeights(layer.name(), layer.weights(), layer.dims(), layer.axis()));
      }
    }
    return new FloatModel(model, new ArrayList<>(layers.values()));
  }

  /** Weights of all Conv, Gemm and MatMul nodes with constant weights. */
  public List<LayerWeights> layers() {
    return List.copyOf(layers);
  }

  /**
   * The serialized model with other weights.
   *
   * @param weights by tensor name, in the order they are stored; others stay
   */
  public byte[] bytes(Map<String, float[]> weights) {
    EditableGraph graph = new EditableGraph(model);
    for (LayerWeights layer : layers) {
      float[] values = weights.get(layer.name());
      if (values != null) {
        graph.put(Constants.ofFloats(layer.name(), values, layer.dims()));
      }
    }
    return graph.build().toByteArray();
  }
}
