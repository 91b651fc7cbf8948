/** A reason not to release that the maintainer can fix. It is printed without a stack trace. */
export class ReleaseError extends Error {
  /**
   * @param {string} message
   * @param {number} exitCode 1: the repository is not ready; 2: the command line is wrong
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
