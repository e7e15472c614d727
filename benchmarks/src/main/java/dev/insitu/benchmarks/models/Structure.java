package dev.insitu.benchmarks.models;

import java.util.function.Consumer;

/** A network's graph; layer sizes and names are those of torchvision and of the original BERT. */
public enum Structure {
  RESNET18("resnet18", Family.IMAGE, ResNet::basic),
  RESNET50("resnet50", Family.IMAGE, ResNet::bottleneck),
  VGG16("vgg16", Family.IMAGE, Vgg::build),
  DENSENET121("densenet121", Family.IMAGE, DenseNet::build),
  BERT_BASE("bert-base", Family.TEXT, Bert::build),
  /** A chain of matrix products of any total size. */
  MLP("mlp", Family.CHAIN, Mlp::build);

  /** Which settings of a {@link ModelSpec} count. */
  enum Family {
    /** Image, classes, width, folded. */
    IMAGE,
    /** Layers, hidden, classes. */
    TEXT,
    /** Bytes, hidden, classes. */
    CHAIN
  }

  private final String id;
  private final Family family;
  private final Consumer<GraphBuilder> build;

  Structure(String id, Family family, Consumer<GraphBuilder> build) {
    this.id = id;
    this.family = family;
    this.build = build;
  }

  Family family() {
    return family;
  }

  /** Adds inputs, nodes, weights and outputs. */
  void build(GraphBuilder graph) {
    build.accept(graph);
  }

  @Override
  public String toString() {
    return id;
  }
}
