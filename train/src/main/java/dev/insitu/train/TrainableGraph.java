package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.ValueInfo;
import dev.insitu.model.Weight;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.train.ops.OpCall;
import dev.insitu.train.ops.Operator;
import dev.insitu.train.ops.Operators;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX graph whose nodes are carried out by differentiable operations, so that its parameters
 * can be trained and written back. The graph stays the only description of the network. Floats of
 * any width are computed in float32, integers exactly. Owns its arrays. Not thread-safe.
 */
public final class TrainableGraph implements AutoCloseable {

  private record PlanKey(Set<String> given, List<String> wanted) {}

  private final OnnxModel model;
  private final GraphProto graph;
  private final NDManager constantManager;
  private final Parameters parameters;
  private final Map<String, NDArray> constants = new HashMap<>();

  /** Initializers that share their values with another one, by name: the other's name. */
  private final Map<String, String> aliases = new HashMap<>();

  private final GraphPlan.Maker plans;
  private final Map<PlanKey, GraphPlan> planned = new HashMap<>();

  private TrainableGraph(OnnxModel model, NDManager parent) {
    this.model = model;
    this.graph = model.skeleton().getGraph();
    this.plans = new GraphPlan.Maker(graph);
    checkOperators();
    this.constantManager = parent.newSubManager();
    this.parameters = new Parameters(parent);
    ParameterFinder finder = new ParameterFinder(graph);
    for (TensorProto tensor : graph.getInitializerList()) {
      load(tensor, finder);
    }
  }

  /**
   * Makes a graph trainable.
   *
   * @param model must stay open as long as {@link #writeTo} may be called
   * @param parent closing it closes this too
   * @throws TrainException if an operator has no differentiable form here
   */
  public static TrainableGraph of(OnnxModel model, NDManager parent) {
    return new TrainableGraph(model, parent);
  }

  private void checkOperators() {
    Set<String> inputs = Set.copyOf(inputs());
    for (GraphPlan.Step step : plans.plan(inputs, outputs()).steps()) {
      Operators.require(step.node(), model.opset());
    }
  }

  private void load(TensorProto tensor, ParameterFinder finder) {
    boolean stored = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    Optional<Weight> weight =
        stored ? Optional.of(GraphFile.weight(model, tensor)) : Optional.empty();
    if (weight.isPresent() && !weight.get().name().equals(tensor.getName())) {
      aliases.put(tensor.getName(), weight.get().name());
      return;
    }
    NDArray array =
        weight
            .map(w -> Tensors.array(w, constantManager))
            .orElseGet(() -> Tensors.array(tensor, constantManager));
    Optional<ParameterRole> role =
        Tensors.isReal(tensor.getDataType())
            ? finder.role(tensor.getName(), array.size())
            : Optional.empty();
    if (role.isPresent() && isFinite(array)) {
      parameters.add(tensor.getName(), role.get(), array);
    } else {
      constants.put(tensor.getName(), array);
    }
  }

  private static boolean isFinite(NDArray array) {
    for (float value : array.toFloatArray()) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** The model it was made from. */
  public OnnxModel model() {
    return model;
  }

  /** Names of what must be fed. */
  public List<String> inputs() {
    return model.inputs().stream().map(ValueInfo::name).toList();
  }

  /** Names of what the whole graph computes. */
  public List<String> outputs() {
    return model.outputs().stream().map(ValueInfo::name).toList();
  }

  /**
   * The parameter that stands for an initializer: itself, or the one that it shares its values
   * with.
   */
  public Optional<Parameter> parameterOf(String initializer) {
    return parameters.find(aliases.getOrDefault(initializer, initializer));
  }

  /** What can be trained, by the initializers' names; further ones may be added. */
  public Parameters parameters() {
    return parameters;
  }

  /**
   * Runs the nodes that the wanted values need.
   *
   * @param scope gets everything that is made, the results too; closed after {@link
   *     Torch#backward}. Must be of the same engine
   * @param given the graph's inputs, or any other values of the graph, which are then not computed:
   *     so a segment runs from feature tensors. Floats as float32, integers as int64
   * @param forward what is wanted and how
   * @return the wanted values by name, in the order asked for
   * @throws TrainException if a value is missing, or an operator lacks or fails, which is named
   */
  public Map<String, NDArray> forward(
      NDManager scope, Map<String, NDArray> given, Forward forward) {
    List<String> wanted = forward.outputs().isEmpty() ? outputs() : forward.outputs();
    GraphPlan plan =
        planned.computeIfAbsent(
            new PlanKey(Set.copyOf(given.keySet()), wanted),
            key -> plans.plan(key.given(), key.wanted()));
    return Torch.recording(forward.gradients(), () -> run(scope, given, plan, wanted, forward));
  }

  /**
   * Runs the nodes that one value needs, as {@link #forward} does.
   *
   * @param output name of the value
   */
  public NDArray output(
      NDManager scope, Map<String, NDArray> given, Forward forward, String output) {
    return Objects.requireNonNull(forward(scope, given, forward.withOutputs(output)).get(output));
  }

  /** Whether there are batch normalisations. */
  public boolean normalises() {
    return graph.getNodeList().stream().anyMatch(ReferenceMoments::concerns);
  }

  private Map<String, NDArray> run(
      NDManager scope,
      Map<String, NDArray> given,
      GraphPlan plan,
      List<String> wanted,
      Forward forward) {
    LiveValues values = new LiveValues();
    for (String leaf : plan.leaves()) {
      NDArray array = given.get(leaf);
      values.keep(leaf, array == null ? initializer(leaf, scope, forward) : array);
    }
    for (GraphPlan.Step step : plan.steps()) {
      List<NDArray> results = apply(step.node(), values, scope, forward);
      for (int i = 0; i < results.size() && i < step.node().getOutputCount(); i++) {
        values.put(step.node().getOutput(i), results.get(i));
      }
      step.done().forEach(values::release);
    }
    Map<String, NDArray> results = new LinkedHashMap<>();
    wanted.forEach(name -> results.put(name, values.get(name)));
    return results;
  }

  private NDArray initializer(String tensor, NDManager scope, Forward forward) {
    String name = aliases.getOrDefault(tensor, tensor);
    Optional<Parameter> parameter = parameters.find(name);
    NDArray array = parameter.isPresent() ? parameter.get().array() : constants.get(name);
    if (array == null) {
      throw new TrainException("Tensor '" + tensor + "' has no values.");
    }
    NDArray alias = Torch.alias(array, scope);
    UnaryOperator<NDArray> hook = forward.hooks().get(name);
    return hook == null ? alias : hook.apply(alias);
  }

  private List<NDArray> apply(NodeProto node, LiveValues values, NDManager scope, Forward forward) {
    Operator operator = Operators.require(node, model.opset());
    List<@Nullable NDArray> inputs = new ArrayList<>();
    for (String name : node.getInputList()) {
      inputs.add(name.isEmpty() ? null : values.get(name));
    }
    boolean training = forward.mode() == Mode.TRAIN;
    if (forward.moments().isPresent() && ReferenceMoments.concerns(node)) {
      Forward.Moments moments = forward.moments().get();
      if (moments.noted()) {
        moments.reference().note(node, inputs);
      } else {
        inputs = moments.reference().follow(node, inputs);
        training = true;
      }
    }
    try (OpCall call = new OpCall(node, model.opset(), inputs, training, scope)) {
      return operator.apply(call);
    } catch (TrainException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new TrainException(
          Operators.text(node) + " failed on inputs " + shapes(inputs) + ": " + e.getMessage(), e);
    }
  }

  private static List<String> shapes(List<@Nullable NDArray> inputs) {
    List<String> shapes = new ArrayList<>();
    for (NDArray input : inputs) {
      shapes.add(input == null ? "-" : input.getDataType() + input.getShape().toString());
    }
    return shapes;
  }

  /**
   * Writes the model with the parameters as they are now; an existing file is replaced when the new
   * one is complete.
   *
   * @throws TrainException if a parameter is not finite
   */
  public void writeTo(Path file) {
    for (Parameter parameter : parameters.all()) {
      if (!isFinite(parameter.array())) {
        throw new TrainException(
            "Parameter '" + parameter.name() + "' has values that are not finite.");
      }
    }
    GraphFile.write(model, parameters, file);
  }

  @Override
  public void close() {
    parameters.close();
    constantManager.close();
  }
}
