package dev.insitu.demo;

/**
 * What a picture shows: one of ten figures, each a set of points around the origin that fits into
 * the unit circle or slightly beyond it. The order is the order of the labels.
 */
enum Shape {
  CIRCLE {
    @Override
    boolean covers(double x, double y) {
      return x * x + y * y < 0.72;
    }
  },
  RING {
    @Override
    boolean covers(double x, double y) {
      double r = x * x + y * y;
      return r < 0.81 && r > 0.2;
    }
  },
  SQUARE {
    @Override
    boolean covers(double x, double y) {
      return Math.max(Math.abs(x), Math.abs(y)) < 0.72;
    }
  },
  TRIANGLE {
    @Override
    boolean covers(double x, double y) {
      return insidePolygon(3, 0.52, x, y);
    }
  },
  PENTAGON {
    @Override
    boolean covers(double x, double y) {
      return insidePolygon(5, 0.76, x, y);
    }
  },
  STAR {
    @Override
    boolean covers(double x, double y) {
      // The pentagram: a point is inside if at most one of its five lines cuts it off.
      return linesBeyond(5, 0.38, x, y) <= 1;
    }
  },
  CROSS {
    @Override
    boolean covers(double x, double y) {
      double near = Math.min(Math.abs(x), Math.abs(y));
      return near < 0.28 && Math.max(Math.abs(x), Math.abs(y)) < 0.95;
    }
  },
  CRESCENT {
    @Override
    boolean covers(double x, double y) {
      double away = x - 0.45;
      return x * x + y * y < 0.9 && away * away + y * y > 0.5;
    }
  },
  STRIPES {
    @Override
    boolean covers(double x, double y) {
      return x * x + y * y < 0.95 && even(x * 2.4);
    }
  },
  CHECKER {
    @Override
    boolean covers(double x, double y) {
      return x * x + y * y < 0.95 && even(x * 2.0) == even(y * 2.0);
    }
  };

  private static final double[][] NORMALS_3 = normals(3);
  private static final double[][] NORMALS_5 = normals(5);

  /** Whether the figure covers the point. */
  abstract boolean covers(double x, double y);

  private static boolean even(double cell) {
    return ((int) Math.floor(cell) & 1) == 0;
  }

  private static boolean insidePolygon(int sides, double apothem, double x, double y) {
    return linesBeyond(sides, apothem, x, y) == 0;
  }

  /** How many of the regular polygon's side lines have the point on their outer side. */
  private static int linesBeyond(int sides, double apothem, double x, double y) {
    int beyond = 0;
    for (double[] normal : sides == 3 ? NORMALS_3 : NORMALS_5) {
      if (normal[0] * x + normal[1] * y > apothem) {
        beyond++;
      }
    }
    return beyond;
  }

  private static double[][] normals(int sides) {
    double[][] normals = new double[sides][];
    for (int i = 0; i < sides; i++) {
      double angle = 2 * StrictMath.PI * i / sides;
      normals[i] = new double[] {StrictMath.cos(angle), StrictMath.sin(angle)};
    }
    return normals;
  }
}
