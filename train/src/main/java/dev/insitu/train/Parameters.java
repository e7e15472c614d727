package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The parameters of a graph, or further ones, by name, in the order they came. Not thread-safe. */
public final class Parameters implements AutoCloseable {

  private final NDManager manager;
  private final Map<String, Parameter> byName = new LinkedHashMap<>();
  private double rateFactor = 1;

  /** No parameters yet. */
  public Parameters(NDManager parent) {
    this.manager = parent.newSubManager();
  }

  /**
   * Adds a parameter; all but statistics are trained.
   *
   * @param array taken over
   * @throws TrainException if the name is taken
   */
  public Parameter add(String name, ParameterRole role, NDArray array) {
    Parameter parameter = new Parameter(name, role, array);
    if (byName.putIfAbsent(name, parameter) != null) {
      throw new TrainException("There is a parameter '" + name + "' already.");
    }
    array.attach(manager);
    array.setRequiresGradient(role != ParameterRole.STATISTIC);
    return parameter;
  }

  /** All of them. */
  public List<Parameter> all() {
    return List.copyOf(byName.values());
  }

  /** Those that gradients are computed for. */
  public List<Parameter> trained() {
    return byName.values().stream().filter(Parameter::isTrained).toList();
  }

  /** The parameter of that name. */
  public Optional<Parameter> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * The parameter of that name.
   *
   * @throws TrainException if there is none
   */
  public Parameter get(String name) {
    return find(name)
        .orElseThrow(() -> new TrainException("There is no parameter '" + name + "'."));
  }

  /** Trains exactly those that fit, statistics never. */
  public void trainOnly(Predicate<Parameter> which) {
    for (Parameter parameter : byName.values()) {
      boolean trained = parameter.role() != ParameterRole.STATISTIC && which.test(parameter);
      parameter.array().setRequiresGradient(trained);
    }
  }

  /**
   * Multiplies the learning rate of all of them: fresh weights that are trained beside learnt ones
   * need larger steps.
   */
  public void setRateFactor(double factor) {
    rateFactor = factor;
  }

  double rateFactor() {
    return rateFactor;
  }

  /** Trains none; normalisations still update their statistics where a graph runs in training. */
  public void freeze() {
    trainOnly(parameter -> false);
  }

  /** Number of elements, statistics included. */
  public long elements() {
    return byName.values().stream().mapToLong(p -> p.array().size()).sum();
  }

  /** How many arrays live beside the parameters themselves: not 0 only where something leaks. */
  public int strayArrays() {
    return manager.getManagedArrays().size() - byName.size();
  }

  @Override
  public void close() {
    manager.close();
  }
}
