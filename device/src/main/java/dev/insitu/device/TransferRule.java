package dev.insitu.device;

import java.util.Optional;

/**
 * Says when bytes may be fetched: only on an unmetered link, only while charging, only within a
 * quota. Asked before every request and about once a second while bytes come; must answer quickly.
 * A transfer that must wait is asked for again after a while, or at once after {@link
 * Insitu#rulesChanged()}.
 */
@FunctionalInterface
public interface TransferRule {

  /** Always. */
  TransferRule ALWAYS = transfer -> Optional.empty();

  /**
   * Why the transfer must wait, as users will read it; empty if it may go on.
   *
   * @param transfer what is about to be fetched
   */
  Optional<String> refusal(Transfer transfer);

  /**
   * A transfer.
   *
   * @param model its name
   * @param bytesLeft how many bytes are still to come; 0 as long as that is not known
   */
  record Transfer(String model, long bytesLeft) {}
}
