package dev.insitu.benchmarks.models;

import dev.insitu.model.proto.TensorProto.DataType;
import java.util.List;

/**
 * BERT's encoder (Devlin et al. 2019) with pooler, as PyTorch exports it: MatMul weights as [in,
 * out], heads by Reshape and Transpose. A tied one ends in the language-model head, whose last
 * weights are the word embedding.
 */
final class Bert {
  private static final int VOCABULARY = 30522;
  private static final int POSITIONS = 512;
  private static final int TYPES = 2;
  private static final int HEAD = 64;
  private static final int WIDENING = 4;
  private static final float MASKED = -10000;

  private final GraphBuilder graph;
  private final TextLayers layers;
  private final int hidden;
  private final int heads;

  private Bert(GraphBuilder graph) {
    this.graph = graph;
    this.layers = new TextLayers(graph);
    this.hidden = graph.spec().hidden();
    this.heads = Math.max(1, hidden / HEAD);
    if (hidden % heads != 0) {
      throw new IllegalArgumentException(
          "hidden %d is no multiple of %d\nMaybe %d.".formatted(hidden, HEAD, heads * HEAD));
    }
  }

  static void build(GraphBuilder graph) {
    new Bert(graph).build();
  }

  private void build() {
    String ids = input("input_ids", 0, VOCABULARY - 1);
    String mask = input("attention_mask", 1, 1);
    String types = input("token_type_ids", 0, TYPES - 1);
    String at = embeddings(ids, types);
    String bias = maskBias(mask);
    for (int i = 0; i < graph.spec().layers(); i++) {
      String name = "encoder.layer." + i;
      at = feedForward(name, attention(name + ".attention", at, bias));
    }
    if (graph.spec().tied()) {
      languageModel(at);
    } else {
      pooled(at);
    }
  }

  private String input(String name, int least, int most) {
    return graph.input(new ModelInput.Integers(name, List.of("sequence"), least, most));
  }

  private String embeddings(String ids, String types) {
    String name = "embeddings";
    String words = layers.lookUp(name + ".word_embeddings", ids, VOCABULARY, hidden);
    String kinds = layers.lookUp(name + ".token_type_embeddings", types, TYPES, hidden);
    String places = layers.lookUp(name + ".position_embeddings", positions(ids), POSITIONS, hidden);
    String sum = layers.add(name + ".types", words, kinds);
    return layers.norm(name + ".LayerNorm", layers.add(name + ".places", sum, places), hidden);
  }

  /** 0, 1, 2, ... as long as the sequence: int64[sequence]. */
  private String positions(String ids) {
    long[] all = new long[POSITIONS];
    for (int i = 0; i < POSITIONS; i++) {
      all[i] = i;
    }
    String length =
        graph.node(
            "embeddings.length",
            "Shape",
            List.of(ids),
            Onnx.integer("start", 1),
            Onnx.integer("end", 2));
    return graph.node(
        "embeddings.positions",
        "Slice",
        List.of(graph.indices("embeddings.position_ids", all), graph.indices("zero", 0), length));
  }

  /** 0 where the mask is 1 and -10000 where it is 0: float[batch][1][1][sequence]. */
  private String maskBias(String mask) {
    String wide =
        graph.node("mask.wide", "Unsqueeze", List.of(mask, graph.indices("mask.axes", 1, 2)));
    String kept =
        graph.node("mask.kept", "Cast", List.of(wide), Onnx.integer("to", DataType.FLOAT_VALUE));
    String hiddenOnes = graph.node("mask.not", "Sub", List.of(graph.scalar("one", 1), kept));
    return graph.node("mask.bias", "Mul", List.of(hiddenOnes, graph.scalar("mask.value", MASKED)));
  }

  private String attention(String name, String input, String maskBias) {
    String query = heads(name + ".self.query", input, 0, 2, 1, 3);
    String key = heads(name + ".self.key", input, 0, 2, 3, 1);
    String value = heads(name + ".self.value", input, 0, 2, 1, 3);
    String scores = graph.node(name + ".scores", "MatMul", List.of(query, key));
    String root = graph.scalar("head.root", (float) Math.sqrt((double) hidden / heads));
    scores = graph.node(name + ".scaled", "Div", List.of(scores, root));
    scores = layers.add(name + ".masked", scores, maskBias);
    String shares =
        graph.node(name + ".softmax", "Softmax", List.of(scores), Onnx.integer("axis", -1));
    String context = graph.node(name + ".context", "MatMul", List.of(shares, value));
    context = layers.transpose(name + ".context.transposed", context, 0, 2, 1, 3);
    String joined = graph.indices("joined.shape", 0, 0, hidden);
    context = graph.node(name + ".context.joined", "Reshape", List.of(context, joined));
    String out = layers.dense(name + ".output.dense", context, hidden, hidden, 1);
    return layers.norm(
        name + ".output.LayerNorm", layers.add(name + ".output.add", out, input), hidden);
  }

  /** float[batch][heads][sequence][64], or its last two dimensions exchanged. */
  private String heads(String name, String input, long... order) {
    String all = layers.dense(name, input, hidden, hidden, 1);
    String shape = graph.indices("heads.shape", 0, 0, heads, hidden / heads);
    String split = graph.node(name + ".heads", "Reshape", List.of(all, shape));
    return layers.transpose(name + ".transposed", split, order);
  }

  private String feedForward(String name, String input) {
    int wide = WIDENING * hidden;
    String at = layers.dense(name + ".intermediate.dense", input, hidden, wide, 2);
    at = layers.gelu(name + ".intermediate.gelu", at);
    at = layers.dense(name + ".output.dense", at, wide, hidden, 1);
    return layers.norm(
        name + ".output.LayerNorm", layers.add(name + ".output.add", at, input), hidden);
  }

  private void pooled(String encoded) {
    output(encoded, "last_hidden_state", "sequence", Integer.toString(hidden));
    String first =
        graph.node(
            "pooler.first",
            "Gather",
            List.of(encoded, graph.indices("zero", 0)),
            Onnx.integer("axis", 1));
    String flat = graph.node("pooler.flat", "Flatten", List.of(first), Onnx.integer("axis", 1));
    String dense = layers.dense("pooler.dense", flat, hidden, hidden, 1);
    String pooled = graph.node("pooler_output", "Tanh", List.of(dense));
    graph.output(pooled, Integer.toString(hidden));
    int classes = graph.spec().classes();
    if (classes > 0) {
      String scores = layers.dense("classifier", pooled, hidden, classes, 1);
      output(scores, "logits", Integer.toString(classes));
    }
  }

  private void languageModel(String encoded) {
    String name = "cls.predictions";
    String at = layers.dense(name + ".transform.dense", encoded, hidden, hidden, 2);
    at = layers.gelu(name + ".transform.gelu", at);
    at = layers.norm(name + ".transform.LayerNorm", at, hidden);
    String words =
        layers.transpose(
            name + ".decoder.weight",
            layers.table("embeddings.word_embeddings", VOCABULARY, hidden),
            1,
            0);
    at = graph.node(name + ".decoder", "MatMul", List.of(at, words));
    at = layers.add(name + ".scores", at, layers.bias(name + ".bias", VOCABULARY));
    output(at, "logits", "sequence", Integer.toString(VOCABULARY));
  }

  private void output(String value, String name, String... shape) {
    graph.output(graph.node(name, "Identity", List.of(value)), shape);
  }
}
