package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.RealFiles;
import dev.insitu.model.ValueInfo;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.ValueInfoProto;
import dev.insitu.train.Judge.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The interpreter computes what ONNX Runtime computes. */
class RealModelsTest {

  /** Float32 sums in another order; the deepest nets come to some 1e-5 of the largest output. */
  private static final double TOLERANCE = 1e-4;

  /**
   * A model with sizes for its open dimensions, in the order they come.
   *
   * @param path below the folder of models
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Model(String path, long... open) {
    @Override
    public String toString() {
      return path;
    }
  }

  @TempDir Path folder;

  static Stream<Model> models() {
    return Stream.of(
        new Model("resnet20-cifar10/model.onnx", 2),
        new Model("resnet18-cifar100/model.onnx.xz", 2),
        new Model("vit-cifar10/model.onnx", 2),
        new Model("tinybert/tinybert.onnx", 2, 12, 2, 12, 2, 12),
        new Model("magika/standard_v3_1.onnx", 2),
        new Model("magika/standard_v3_2.onnx", 2),
        new Model("fastestdet/2022-07-03.onnx"),
        new Model("fastestdet/2022-07-14.onnx"),
        new Model("ultraface/rfb-320.onnx"),
        new Model("pp-ocr-det/model.onnx", 1, 96, 160),
        new Model("mnist/mnist-8.onnx"),
        new Model("structures/resnet50.onnx"),
        new Model("structures/inception_v1.onnx"),
        new Model("structures/densenet121.onnx"),
        new Model("structures/vgg19.onnx"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void computesWhatOnnxRuntimeComputes(Model real) throws Exception {
    Path file = withLogits(RealFiles.model(real.path(), folder));
    try (OnnxModel model = OnnxModel.open(file);
        NDManager manager = Torch.newManager();
        TrainableGraph graph = TrainableGraph.of(model, manager);
        NDManager scope = manager.newSubManager()) {
      Map<String, Value> inputs = inputs(model, real.open());
      Map<String, NDArray> given = new LinkedHashMap<>();
      inputs.forEach((name, value) -> given.put(name, value.array(scope)));
      Map<String, NDArray> actual = graph.forward(scope, given, Forward.eval());
      double apart = Judge.assertClose(real.path(), Judge.run(file, inputs), actual, TOLERANCE);
      System.out.printf(
          "%-40s %4d parameters %,11d elements, apart %.1e%n",
          real.path(), graph.parameters().all().size(), graph.parameters().elements(), apart);
    }
  }

  /** The model with what its sigmoids read as outputs: sigmoids themselves may all be 0 or 1. */
  private Path withLogits(Path file) throws IOException {
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (NodeProto node : model.getGraph().getNodeList()) {
      if (node.getOpType().equals("Sigmoid")) {
        graph.addOutput(ValueInfoProto.newBuilder().setName(node.getInput(0)));
      }
    }
    if (graph.getOutputCount() == model.getGraph().getOutputCount()) {
      return file;
    }
    return Files.write(
        folder.resolve("logits.onnx"), model.toBuilder().setGraph(graph).build().toByteArray());
  }

  /** Waves and noise, so that detectors see something. */
  private static Value picture(long[] dims, Random random) {
    Value value = Value.reals(dims, random);
    long width = dims[dims.length - 1];
    for (int i = 0; i < value.numbers().length; i++) {
      long x = i % width;
      long y = i / width;
      double wave = Math.sin(x / 5.0) * Math.sin(y / 7.0) > 0 ? 1 : -1;
      value.numbers()[i] = (float) (wave + 0.3 * value.numbers()[i]);
    }
    return value;
  }

  private static Map<String, Value> inputs(OnnxModel model, long[] open) {
    Random random = new Random(1);
    Map<String, Value> inputs = new LinkedHashMap<>();
    int next = 0;
    for (ValueInfo input : model.inputs()) {
      long[] dims = input.dims();
      for (int i = 0; i < dims.length; i++) {
        dims[i] = dims[i] < 0 ? open[next++] : dims[i];
      }
      if (input.elementType() == 1) {
        inputs.put(input.name(), picture(dims, random));
      } else {
        double[] numbers = new double[(int) LongStream.of(dims).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = random.nextInt(dims[1] == 2048 ? 256 : 2); // bytes, or two words
        }
        inputs.put(input.name(), Value.longs(dims, numbers));
      }
    }
    return inputs;
  }
}
