# Small linear algebra of LoReFT interventions and their relatives, batched over n sites. R, U, W, D [n, r, d], b [n, r].
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # The nearest frame along QR with a positive diagonal: R R^T = I again after an optimiser step. In float64 inside.
  def retract(self: __torch__.M, R: Tensor) -> Tensor:
    q, t = torch.linalg_qr(torch.transpose(torch.to(R, 7), 1, 2))
    s = torch.sign(torch.diagonal(t, 0, 1, 2))
    one = torch.where(torch.eq(s, 0.), torch.ones_like(s), s)
    return torch.contiguous(torch.to(torch.transpose(torch.mul(q, torch.unsqueeze(one, 1)), 1, 2), 6))

  # The weighted mean (1 - a) Phi1 + a Phi2 of two edits U^T (D h + b) in function space, as its best rank-r edit.
  # Delta(h) = M h + c with M = U^T D, c = U^T b. [M | c] lies in the span of [U1^T U2^T] = Q T, so an SVD of
  # Q^T [M | c] ~ U S [V^T | v] gives U^T = Q U with orthonormal columns, D = S V^T, b = S v. With k = 1 R is added to D, which
  # is then the W of R^T (W h + b - R h). In float64 inside.
  def merge(self: __torch__.M, a: Tensor, k: Tensor, U1: Tensor, D1: Tensor, b1: Tensor, U2: Tensor, D2: Tensor, b2: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    r = torch.size(U1, 1)
    d = torch.size(U1, 2)
    A1 = torch.to(torch.cat([D1, torch.unsqueeze(b1, 2)], 2), 7)
    A2 = torch.to(torch.cat([D2, torch.unsqueeze(b2, 2)], 2), 7)
    F1 = torch.transpose(torch.to(U1, 7), 1, 2)
    F2 = torch.transpose(torch.to(U2, 7), 1, 2)
    q, t = torch.linalg_qr(torch.cat([F1, F2], 2))
    x = torch.add(torch.mul(torch.matmul(F1, A1), torch.sub(1., a)), torch.mul(torch.matmul(F2, A2), a))
    u, s, v = torch.linalg_svd(torch.matmul(torch.transpose(q, 1, 2), x), False)
    ur = torch.slice(u, 2, 0, r)
    sv = torch.mul(torch.unsqueeze(torch.slice(s, 1, 0, r), 2), torch.slice(v, 1, 0, r))
    R = torch.transpose(torch.matmul(q, ur), 1, 2)
    W = torch.add(torch.slice(sv, 2, 0, d), torch.mul(R, k))
    b = torch.select(sv, 2, d)
    return (torch.contiguous(torch.to(R, 6)), torch.contiguous(torch.to(W, 6)), torch.contiguous(torch.to(b, 6)))

  # The same of two edits R^T (b - k R h). With P = R^T R and the mean's constant c, the rows of the new R are the r leading
  # eigenvectors of G = 2 ((1 - a) P1 + a P2) + c c^T for k = 1, which is the nearest such edit. For k = 0, where c alone is
  # the function, G leads with c itself, then with the mean of P1 and P2 beside it. b = R c. In float64 inside.
  def merge_subspaces(self: __torch__.M, a: Tensor, k: Tensor, R1: Tensor, b1: Tensor, R2: Tensor, b2: Tensor) -> Tuple[Tensor, Tensor]:
    r = torch.size(R1, 1)
    F1 = torch.transpose(torch.to(R1, 7), 1, 2)
    F2 = torch.transpose(torch.to(R2, 7), 1, 2)
    q, t = torch.linalg_qr(torch.cat([F1, F2], 2))
    G1 = torch.matmul(torch.transpose(q, 1, 2), F1)
    G2 = torch.matmul(torch.transpose(q, 1, 2), F2)
    c1 = torch.mul(torch.matmul(G1, torch.unsqueeze(torch.to(b1, 7), 2)), torch.sub(1., a))
    c = torch.add(c1, torch.mul(torch.matmul(G2, torch.unsqueeze(torch.to(b2, 7), 2)), a))
    P1 = torch.mul(torch.matmul(G1, torch.transpose(G1, 1, 2)), torch.sub(1., a))
    P = torch.add(P1, torch.mul(torch.matmul(G2, torch.transpose(G2, 1, 2)), a))
    G = P
    if torch.gt(float(k), 0.5):
      G = torch.add(torch.mul(P, 2.), torch.matmul(c, torch.transpose(c, 1, 2)))
    else:
      length = torch.sqrt(torch.sum(torch.mul(c, c), [1], True))
      e = torch.div(c, torch.add(length, 1e-300))
      et = torch.transpose(e, 1, 2)
      Pe = torch.matmul(P, e)
      K = torch.sub(P, torch.add(torch.matmul(e, torch.transpose(Pe, 1, 2)), torch.matmul(Pe, et)))
      G = torch.add(K, torch.mul(torch.matmul(e, et), torch.add(torch.matmul(et, Pe), 2.)))
    u, s, v = torch.linalg_svd(G, False)
    ur = torch.slice(u, 2, 0, r)
    R = torch.transpose(torch.matmul(q, ur), 1, 2)
    b = torch.squeeze(torch.matmul(torch.transpose(ur, 1, 2), c), 2)
    return (torch.contiguous(torch.to(R, 6)), torch.contiguous(torch.to(b, 6)))
