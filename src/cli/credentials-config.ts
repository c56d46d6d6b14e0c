import { z } from "zod";

const path = z.string().min(1);

/** Of a peer: what its backups' certificates are judged by. Files in PEM. */
export const certificatesSchema = z.strictObject({
  primary: path,
  roots: z.array(path).min(1),
  revocations: z.array(path).default([]),
});

/** Of the gateway itself: what shows its right to its epoch to peers that ask no registry. */
export const successionSchema = z.union([
  /** JSON: the owner's signed list of backups, this key among them. */
  z.strictObject({ ownerList: path }),
  /** PEM: the own certificate and those below a root; the certificate's key. */
  z.strictObject({ certificates: z.array(path).min(1), certificateKey: path }),
]);
