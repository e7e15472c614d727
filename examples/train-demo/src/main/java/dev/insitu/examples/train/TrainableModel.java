package dev.insitu.examples.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import dev.insitu.examples.train.onnx.AttributeProto;
import dev.insitu.examples.train.onnx.GraphProto;
import dev.insitu.examples.train.onnx.ModelProto;
import dev.insitu.examples.train.onnx.NodeProto;
import dev.insitu.examples.train.onnx.TensorProto;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An ONNX graph whose nodes are carried out by differentiable operations, so that its initializers
 * can be trained and written back. The graph stays the only description of the network. Knows the
 * operators that {@link GraphBuilder} writes. Owns its arrays. Not thread-safe.
 */
final class TrainableModel implements AutoCloseable {
  /** Share of the newest batch in batch normalisation's running mean and variance. */
  private static final float RUNNING_SHARE = 0.1f;

  private final ModelProto model;
  private final NDManager manager;
  private final Map<String, NDArray> initializers = new LinkedHashMap<>();
  private final Map<String, NDArray> trainable = new LinkedHashMap<>();

  TrainableModel(ModelProto model, NDManager parent) {
    this.model = model;
    this.manager = parent.newSubManager();
    Set<String> statistics = runningStatistics(model.getGraph());
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      NDArray array = manager.create(floats(tensor), shape(tensor));
      initializers.put(tensor.getName(), array);
      if (!statistics.contains(tensor.getName())) {
        array.setRequiresGradient(true);
        trainable.put(tensor.getName(), array);
      }
    }
  }

  /** What gradients are computed for, by initializer name. The arrays belong to this model. */
  Map<String, NDArray> trainable() {
    return trainable;
  }

  /**
   * Runs the graph.
   *
   * @param image float[batch][3][32][32]; results are attached to its manager
   * @param training whether batch normalisation uses and updates the batch's statistics
   * @return float[batch][classes]
   */
  NDArray forward(NDArray image, boolean training) {
    GraphProto graph = model.getGraph();
    Map<String, NDArray> values = new HashMap<>(initializers);
    values.put(graph.getInput(0).getName(), image);
    for (NodeProto node : graph.getNodeList()) {
      List<NDArray> inputs = node.getInputList().stream().map(name -> named(values, name)).toList();
      values.put(node.getOutput(0), apply(node, inputs, training));
    }
    return named(values, graph.getOutput(0).getName());
  }

  /** The graph with the weights as they are now. */
  ModelProto toModel() {
    ModelProto.Builder result = model.toBuilder();
    GraphProto.Builder graph = result.getGraphBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto old = graph.getInitializer(i);
      float[] values = named(initializers, old.getName()).toFloatArray();
      graph.setInitializer(i, GraphBuilder.tensor(old.getName(), values, old.getDimsList()));
    }
    return result.build();
  }

  @Override
  public void close() {
    manager.close();
  }

  private static NDArray apply(NodeProto node, List<NDArray> inputs, boolean training) {
    NDArray first = inputs.getFirst();
    return switch (node.getOpType()) {
      case "Conv" ->
          Conv2d.conv2d(first, inputs.get(1), null, shape(node, "strides"), leadingPads(node))
              .singletonOrThrow();
      case "BatchNormalization" ->
          BatchNorm.batchNorm(
                  first,
                  inputs.get(3),
                  inputs.get(4),
                  inputs.get(1),
                  inputs.get(2),
                  1,
                  RUNNING_SHARE,
                  attribute(node, "epsilon").getF(),
                  training)
              .singletonOrThrow();
      case "Relu" -> Activation.relu(first);
      case "Add" -> first.add(inputs.get(1));
      case "GlobalAveragePool" -> Pool.globalAvgPool2d(first);
      case "Flatten" -> first.reshape(first.getShape().get(0), -1);
      case "Gemm" -> first.matMul(inputs.get(1).transpose()).add(inputs.get(2));
      default ->
          throw new IllegalArgumentException(
              "node %s: operator %s cannot be trained here"
                  .formatted(node.getName(), node.getOpType()));
    };
  }

  private static NDArray named(Map<String, NDArray> values, String name) {
    NDArray value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("graph: no node writes tensor " + name);
    }
    return value;
  }

  private static Set<String> runningStatistics(GraphProto graph) {
    Set<String> names = new HashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("BatchNormalization")) {
        names.add(node.getInput(3));
        names.add(node.getInput(4));
      }
    }
    return names;
  }

  private static Shape shape(NodeProto node, String name) {
    return new Shape(attribute(node, name).getIntsList());
  }

  /** Top and left padding; the builder pads all four sides alike. */
  private static Shape leadingPads(NodeProto node) {
    return new Shape(attribute(node, "pads").getIntsList().subList(0, 2));
  }

  private static AttributeProto attribute(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(a -> a.getName().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "node %s: attribute %s is missing".formatted(node.getName(), name)));
  }

  private static Shape shape(TensorProto tensor) {
    return new Shape(tensor.getDimsList());
  }

  private static float[] floats(TensorProto tensor) {
    FloatBuffer raw =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[raw.remaining()];
    raw.get(values);
    return values;
  }
}
