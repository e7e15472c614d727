package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;

/**
 * Situations, wishes, plans and profiles as JSON, with units in the names. Unknown fields are
 * passed over, those of a situation kept; nonsense is refused by name.
 */
public final class PlanJson {

  /** Most bytes of any of these documents. */
  public static final int MAX_BYTES = 16 << 20;

  private PlanJson() {}

  /** Wishes as JSON. */
  public static byte[] write(Wishes wishes) {
    return WishesJson.write(wishes);
  }

  /**
   * Wishes from JSON.
   *
   * @throws ElasticException INVALID naming the field that is wrong
   */
  public static Wishes readWishes(byte[] bytes) {
    WishesJson fields = new WishesJson();
    Json.readObject(bytes, "wishes", fields::read);
    return fields.wishes();
  }

  /** A situation as JSON, with the fields that were read without being known. */
  public static byte[] write(Situation situation) {
    return SituationJson.write(situation);
  }

  /**
   * A situation from JSON.
   *
   * @throws ElasticException INVALID naming the field that is wrong or what contradicts itself,
   *     LIMIT if it is too long
   */
  public static Situation readSituation(byte[] bytes) {
    SituationJson fields = new SituationJson();
    Json.readObject(bytes, "situation", fields::read);
    return fields.situation();
  }

  /** A plan as JSON. */
  public static byte[] write(Plan plan) {
    return PlanFields.write(plan);
  }

  /**
   * A plan from JSON.
   *
   * @throws ElasticException INVALID naming the field that is wrong, CORRUPT if the id is not the
   *     content's digest
   */
  public static Plan readPlan(byte[] bytes) {
    PlanFields fields = new PlanFields();
    Json.readObject(bytes, "plan", fields::read);
    return fields.plan();
  }

  /**
   * What a server decided, from JSON: of a decision that found a plan.
   *
   * @throws ElasticException INVALID naming the field that is wrong, CORRUPT if the stream's id is
   *     not its content's digest
   */
  public static Granted readGranted(byte[] bytes) {
    GrantedJson fields = new GrantedJson();
    Json.readObject(bytes, "decision", fields::read);
    return fields.granted();
  }

  /** A profile as JSON. */
  public static byte[] write(Profile profile) {
    return ProfileJson.write(profile);
  }

  /**
   * A profile from JSON.
   *
   * @throws ElasticException INVALID naming the field that is wrong
   */
  public static Profile readProfile(byte[] bytes) {
    ProfileJson fields = new ProfileJson();
    Json.readObject(bytes, "profile", fields::read);
    return fields.profile();
  }
}
