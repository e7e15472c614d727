package dev.insitu.forge.integer;

import dev.insitu.forge.integer.Recalibration.Moments;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.proto.NodeProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures the statistics of batch normalisations anew, for a model whose weights have changed
 * since they were learnt: coarser weights shift and scale what reaches a normalisation.
 *
 * <p>One normalisation after the other, each with those before it in place already, so the samples
 * run once for each.
 */
public final class BatchNorms {

  private static final int MEAN = 3;
  private static final int VARIANCE = 4;

  private BatchNorms() {}

  /** What becomes of stored and measured statistics of the normalisation with that number. */
  private interface Rule {
    Moments apply(int number, Moments stored, Moments measured);
  }

  /**
   * The model with measured statistics: right if the samples are like those it was trained with.
   *
   * @param model an ONNX file
   * @param share of the measured statistics in the new ones, 0 to 1
   * @return a serialized ModelProto; the model as it was if it has no normalisations
   */
  public static byte[] reestimated(Path model, Samples samples, double share) {
    return reestimated(
        new EditableGraph(WholeModel.read(model)),
        samples,
        (number, stored, measured) -> Recalibration.mixed(stored, measured, share));
  }

  /**
   * The model with its statistics moved by what its weights' change moved, measured against the
   * root: the samples need not be like those it was trained with.
   *
   * @param model an ONNX file
   * @param root the model it was made from: the same graph with other weights
   * @return a serialized ModelProto; the model as it was if it has no normalisations
   * @throws IntegerException if the root has other normalisations
   */
  public static byte[] moved(Path model, Path root, Samples samples) {
    List<Moments> before = new ArrayList<>();
    reestimated(
        new EditableGraph(WholeModel.read(root)),
        samples,
        (number, stored, measured) -> {
          before.add(measured);
          return stored;
        });
    return reestimated(
        new EditableGraph(WholeModel.read(model)),
        samples,
        (number, stored, measured) -> {
          if (number >= before.size() || before.get(number).mean().length != stored.mean().length) {
            throw new IntegerException(
                "The root " + root + " has other batch normalisations than " + model + ".");
          }
          return Recalibration.moved(stored, before.get(number), measured);
        });
  }

  private static byte[] reestimated(EditableGraph graph, Samples samples, Rule rule) {
    Survey survey = Survey.of(graph, samples);
    int number = 0;
    for (int i = 0; i < graph.nodes().size(); i++) {
      NodeProto node = graph.nodes().get(i);
      if (Nodes.is(node, "BatchNormalization")
          && survey.floats().contains(node.getInput(0))
          && Constants.floats(graph.constant(node.getInput(MEAN))) != null
          && Constants.floats(graph.constant(node.getInput(VARIANCE))) != null) {
        int rank = survey.shapes().getOrDefault(node.getInput(0), new long[2]).length;
        Moments measured = measured(graph, node, rank, samples);
        replace(graph, i, rule.apply(number, stored(graph, node), measured));
        number++;
      }
    }
    return graph.build().toByteArray();
  }

  private static Moments measured(EditableGraph graph, NodeProto node, int rank, Samples samples) {
    EditableGraph asked = graph.copy();
    ChannelMeans means = new ChannelMeans(asked);
    String input = node.getInput(0);
    String square = asked.fresh(input + "_square");
    asked.nodes().add(Nodes.of("Mul", List.of(input, input), square));
    String mean = means.add(input, rank);
    String meanSquare = means.add(square, rank);
    Map<String, double[]> found = means.run(samples);
    return Recalibration.moments(
        found.getOrDefault(mean, new double[0]), found.getOrDefault(meanSquare, new double[0]), 1);
  }

  private static void replace(EditableGraph graph, int place, Moments moments) {
    NodeProto node = graph.nodes().get(place);
    NodeProto changed = Nodes.withInput(node, MEAN, constant(graph, node, MEAN, moments.mean()));
    graph
        .nodes()
        .set(
            place,
            Nodes.withInput(
                changed, VARIANCE, constant(graph, node, VARIANCE, moments.variance())));
  }

  private static Moments stored(EditableGraph graph, NodeProto node) {
    return new Moments(doubles(graph, node, MEAN), doubles(graph, node, VARIANCE));
  }

  private static double[] doubles(EditableGraph graph, NodeProto node, int input) {
    float[] values = Constants.floats(graph.constant(node.getInput(input)));
    double[] wide = new double[values == null ? 0 : values.length];
    for (int c = 0; c < wide.length; c++) {
      wide[c] = values == null ? 0 : values[c];
    }
    return wide;
  }

  /** A constant of its own, as several nodes may share statistics. */
  private static String constant(EditableGraph graph, NodeProto node, int input, double[] values) {
    float[] narrow = new float[values.length];
    for (int c = 0; c < narrow.length; c++) {
      narrow[c] = (float) values[c];
    }
    String name = graph.fresh(node.getInput(input) + "_new");
    graph.put(Constants.ofFloats(name, narrow, narrow.length));
    return name;
  }
}
