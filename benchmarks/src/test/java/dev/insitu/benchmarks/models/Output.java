package dev.insitu.benchmarks.models;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What ONNX Runtime answers. */
final class Output {
  private final List<Long> shape;
  private final float[] values;

  private Output(List<Long> shape, float[] values) {
    this.shape = shape;
    this.values = values;
  }

  List<Long> shape() {
    return shape;
  }

  float[] values() {
    return values;
  }

  static Map<String, Output> run(GeneratedModel model, int batch, int sequence)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> feeds = SampleFeeds.of(environment, model.inputs(), batch, sequence, 5);
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(model.file().toString(), options);
          OrtSession.Result result = session.run(feeds)) {
        Map<String, Output> outputs = new LinkedHashMap<>();
        for (var entry : result) {
          outputs.put(entry.getKey(), of((OnnxTensor) entry.getValue()));
        }
        return outputs;
      }
    } finally {
      feeds.values().forEach(OnnxTensor::close);
    }
  }

  private static Output of(OnnxTensor tensor) {
    float[] values = new float[tensor.getFloatBuffer().remaining()];
    tensor.getFloatBuffer().get(values);
    return new Output(Arrays.stream(tensor.getInfo().getShape()).boxed().toList(), values);
  }
}
