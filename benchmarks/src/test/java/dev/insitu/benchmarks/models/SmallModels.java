package dev.insitu.benchmarks.models;

/** Specs small enough for tests. */
final class SmallModels {
  static final int MLP_BYTES = 100_000;

  private SmallModels() {}

  static ModelSpecBuilder of(Structure structure) {
    ModelSpecBuilder spec = ModelSpec.of(structure).classes(10).image(32).width(0.125);
    return switch (structure) {
      case BERT_BASE -> spec.layers(2).hidden(64);
      case MLP -> spec.bytes(MLP_BYTES);
      case RESNET18, RESNET50, VGG16, DENSENET121 -> spec;
    };
  }
}
