package dev.insitu.train;

/** How a gradient changes a parameter. */
public sealed interface OptimizerKind {

  /**
   * Pull towards zero of weights and embeddings, per step and unit of learning rate; biases and
   * normalisations are left alone.
   */
  double weightDecay();

  /** Stochastic gradient descent with momentum. */
  record Sgd(double momentum, boolean nesterov, double weightDecay) implements OptimizerKind {
    public Sgd {
      check(momentum);
    }
  }

  /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
  record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
      implements OptimizerKind {
    public AdamW {
      check(beta1);
      check(beta2);
    }

    /** The usual constants. */
    public static AdamW withDecay(double weightDecay) {
      return new AdamW(0.9, 0.999, 1e-8, weightDecay);
    }
  }

  private static void check(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new TrainException("A momentum of " + share + "; it must be from 0 to below 1.");
    }
  }
}
