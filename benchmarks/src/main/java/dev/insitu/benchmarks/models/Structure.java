package dev.insitu.benchmarks.models;

/** A network's graph; layer sizes and names are those of torchvision and of the original BERT. */
public enum Structure {
  RESNET18("resnet18", Family.IMAGE),
  RESNET50("resnet50", Family.IMAGE),
  VGG16("vgg16", Family.IMAGE),
  DENSENET121("densenet121", Family.IMAGE),
  BERT_BASE("bert-base", Family.TEXT),
  /** A chain of matrix products of any total size. */
  MLP("mlp", Family.CHAIN);

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

  Structure(String id, Family family) {
    this.id = id;
    this.family = family;
  }

  Family family() {
    return family;
  }

  /** Adds inputs, nodes, weights and outputs. */
  void build(GraphBuilder graph) {
    switch (this) {
      case RESNET18 -> ResNet.basic(graph);
      case RESNET50 -> ResNet.bottleneck(graph);
      case VGG16 -> Vgg.build(graph);
      case DENSENET121 -> DenseNet.build(graph);
      case BERT_BASE -> Bert.build(graph);
      case MLP -> Mlp.build(graph);
    }
  }

  @Override
  public String toString() {
    return id;
  }
}
