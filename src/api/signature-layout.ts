/** What the threads of `SignatureThread` tell each other: so many bytes for each signature, one behind the other. */
export const DIGEST_LENGTH = 32;
/** Of the two numbers of a signature, and then which of its two points it is (0 or 1). */
export const SIGNATURE_LENGTH = 64;
export const QUESTION_LENGTH = DIGEST_LENGTH + SIGNATURE_LENGTH + 1;
/** An uncompressed public key; all zeros where there is none. */
export const ANSWER_LENGTH = 65;
