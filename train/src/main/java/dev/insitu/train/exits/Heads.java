package dev.insitu.train.exits;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.forge.ExitHead;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Calibration;
import dev.insitu.train.Forward;
import dev.insitu.train.Parameter;
import dev.insitu.train.Parameters;
import dev.insitu.train.TrainException;
import dev.insitu.train.TrainableGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small classifiers at some places of a model, with fresh weights until somebody trains them. */
public final class Heads implements AutoCloseable {

  private final Path directory;
  private final String suffix;
  private final Map<ExitPlace, TrainableGraph> heads = new LinkedHashMap<>();
  private final Map<ExitPlace, Integer> channelAxes = new LinkedHashMap<>();

  private Heads(Path directory, String suffix) {
    this.directory = directory;
    this.suffix = suffix;
  }

  /**
   * Makes heads.
   *
   * @param backbone the model
   * @param inputs of the backbone, one sample or more: they tell what is at the places
   * @param directory gets an ONNX file for each
   * @param suffix of the heads' names
   * @param manager of their arrays
   * @throws TrainException if a place cannot have such a head
   */
  public static Heads fresh(
      TrainableGraph backbone,
      Map<String, NDArray> inputs,
      List<ExitPlace> places,
      Path directory,
      String suffix,
      long seed,
      NDManager manager)
      throws IOException {
    Heads heads = new Heads(directory, suffix);
    if (places.isEmpty()) {
      return heads;
    }
    try (NDManager scope = manager.newSubManager()) {
      String output = backbone.outputs().getFirst();
      List<String> wanted = new ArrayList<>(places.stream().map(ExitPlace::value).toList());
      wanted.add(output);
      Forward forward = Forward.eval().withOutputs(wanted.toArray(String[]::new));
      Map<String, NDArray> values = backbone.forward(scope, inputs, forward);
      int classes = classes(shape(values, output), output);
      for (ExitPlace place : places) {
        heads.add(place, shape(values, place.value()), classes, seed, manager);
      }
      return heads;
    } catch (IOException | RuntimeException e) {
      heads.close();
      throw e;
    }
  }

  private static int classes(long[] answer, String output) {
    if (answer.length != 2) {
      throw new TrainException(
          "Output '"
              + output
              + "' has shape "
              + Arrays.toString(answer)
              + "; exits can be trained for classifiers only.\nMaybe give heads of your own.");
    }
    return Math.toIntExact(answer[1]);
  }

  private static long[] shape(Map<String, NDArray> values, String name) {
    NDArray array = values.get(name);
    if (array == null) {
      throw new TrainException("The model makes no value '" + name + "'.");
    }
    return array.getShape().getShape();
  }

  private void add(ExitPlace place, long[] shape, int classes, long seed, NDManager manager)
      throws IOException {
    Path start = directory.resolve(name(place) + ".start.onnx");
    long own = seed + place.afterSegment();
    Files.write(
        start,
        HeadModel.build(name(place), place.value(), shape, place.layers(), classes, own)
            .toByteArray());
    channelAxes.put(place, HeadModel.channelAxis(shape));
    heads.put(place, TrainableGraph.of(OnnxModel.open(start), manager));
  }

  private String name(ExitPlace place) {
    return "exit" + place.afterSegment() + suffix;
  }

  /** Looks at a head. */
  @FunctionalInterface
  public interface Visitor {

    /**
     * Called for each.
     *
     * @param channelAxis the dimension of the value at the place that counts channels
     * @param parameters of the head; {@link Heads#channelDimension} tells where each has them
     */
    void head(ExitPlace place, int channelAxis, Parameters parameters);
  }

  /**
   * The dimension of a parameter that counts the channels of the value at the place; -1 if none
   * does.
   */
  public static int channelDimension(ExitPlace place, Parameter parameter) {
    return HeadModel.channelDimension(parameter.name(), place.layers());
  }

  /** Shows all heads. */
  public void forEach(Visitor visitor) {
    heads.forEach((place, head) ->
        visitor.head(place, channelAxes.getOrDefault(place, 1), head.parameters()));
  }

  /** How the backbone is run. */
  @FunctionalInterface
  public interface Backbone {

    /** The values that are wanted, by name. */
    Map<String, NDArray> run(NDManager scope, Map<String, NDArray> inputs, Forward forward);
  }

  /**
   * Measures the statistics of the heads' normalisations on what the backbone makes; they then stay
   * as they are.
   */
  public void calibrate(Calibration batches, Backbone backbone) {
    if (heads.isEmpty()) {
      return;
    }
    String[] wanted = heads.keySet().stream().map(ExitPlace::value).toArray(String[]::new);
    Forward forward = Forward.eval().withOutputs(wanted);
    batches.show((scope, inputs) -> {
      Map<String, NDArray> values = backbone.run(scope, inputs, forward);
      heads
          .keySet()
          .forEach(place -> logits(scope, place, values, Forward.train().withGradients(false)));
    });
  }

  /** What is to be trained. */
  public List<Parameters> parameters() {
    return heads.values().stream().map(TrainableGraph::parameters).toList();
  }

  /**
   * What a head answers.
   *
   * @param values of the backbone, among them the one at the place
   * @return float[n][classes]
   */
  public NDArray logits(NDManager scope, ExitPlace place, Map<String, NDArray> values) {
    return logits(scope, place, values, Forward.eval().withGradients(true));
  }

  /** As {@link #logits(NDManager, ExitPlace, Map)}, with normalisations that follow the batch. */
  NDArray logitsInTraining(NDManager scope, ExitPlace place, Map<String, NDArray> values) {
    return logits(scope, place, values, Forward.train());
  }

  private NDArray logits(
      NDManager scope, ExitPlace place, Map<String, NDArray> values, Forward forward) {
    TrainableGraph head = heads.get(place);
    NDArray value = values.get(place.value());
    if (head == null || value == null) {
      throw new TrainException("There is no head at " + place + ".");
    }
    Map<String, NDArray> given = Map.of(place.value(), value);
    return head.output(scope, given, forward, head.outputs().getFirst());
  }

  /** Writes them as they are now, as {@link dev.insitu.forge.Forge} takes them. */
  public List<ExitHead> write() {
    List<ExitHead> written = new ArrayList<>();
    heads.forEach((place, head) -> {
      Path file = directory.resolve(name(place) + ".onnx");
      head.writeTo(file);
      written.add(new ExitHead(place.afterSegment(), file));
    });
    return List.copyOf(written);
  }

  @Override
  public void close() {
    heads
        .values()
        .forEach(head -> {
          head.close();
          head.model().close();
        });
  }
}
