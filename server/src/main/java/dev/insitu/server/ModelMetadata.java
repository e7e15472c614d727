package dev.insitu.server;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.library.StoredPackage;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.protocol.DataTypes;
import dev.insitu.runtime.protocol.Part;
import dev.insitu.server.inference.PartKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What the Open Inference Protocol tells of a server and of a model. */
final class ModelMetadata {

  private static final String PLATFORM = "insitu_onnx";

  private ModelMetadata() {}

  static Map<String, Object> server() {
    Map<String, Object> server = new LinkedHashMap<>();
    server.put("name", "insitu");
    server.put("version", "1");
    server.put("extensions", List.of("binary_tensor_data", "insitu_parts"));
    return server;
  }

  /** The part of a model that a query asks about. */
  static Part part(Exchange exchange) {
    int from = exchange.query("insitu_from").map(text -> number("insitu_from", text)).orElse(0);
    Optional<Integer> to = exchange.query("insitu_to").map(text -> number("insitu_to", text));
    return new Part(from, to.map(OptionalInt::of).orElse(OptionalInt.empty()), Optional.empty());
  }

  private static int number(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw ElasticException.invalid(
          name + " is " + Names.quote(text) + "; the number of a segment was expected.");
    }
  }

  static Map<String, Object> model(StoredPackage stored, List<String> versions, PartKey key) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("name", stored.manifest().name());
    model.put("versions", versions);
    model.put("platform", PLATFORM);
    model.put("inputs", values(CutValues.at(stored.manifest(), key.from())));
    model.put("outputs", values(CutValues.at(stored.manifest(), key.to())));
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("insitu_version", stored.manifest().header().version());
    parameters.put("insitu_manifest", stored.digest().hex());
    parameters.put("insitu_segments", stored.manifest().segments().size());
    parameters.put("insitu_from", key.from());
    parameters.put("insitu_to", key.to());
    model.put("parameters", parameters);
    return model;
  }

  private static List<Map<String, Object>> values(List<ValueSpec> specs) {
    return specs.stream()
        .map(spec -> {
          Map<String, Object> value = new LinkedHashMap<>();
          value.put("name", spec.name());
          value.put("datatype", type(spec.onnxType()));
          value.put("shape", spec.ranked() ? spec.dims() : List.of(-1));
          return value;
        })
        .toList();
  }

  /** The protocol has one name for all that is no tensor of numbers. */
  private static String type(int onnx) {
    for (ElementType type : ElementType.values()) {
      if (type.onnx() == onnx && Tensor.carries(type)) {
        return DataTypes.name(type);
      }
    }
    return "BYTES";
  }
}
