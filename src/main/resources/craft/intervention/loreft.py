# Small linear algebra of LoReFT interventions, batched over n sites. R, W [n, r, d], b [n, r].
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

  # The weighted mean (1 - a) Phi1 + a Phi2 of two edits in function space, as its best rank-r LoReFT.
  # Delta(h) = M h + c with M = R^T (W - R), c = R^T b. [M | c] lies in the span of [R1^T R2^T] = Q T, so an SVD of
  # Q^T [M | c] ~ U S [V^T | v] gives R^T = Q U, W = R + S V^T, b = S v. In float64 inside.
  def merge(self: __torch__.M, a: Tensor, R1: Tensor, W1: Tensor, b1: Tensor, R2: Tensor, W2: Tensor, b2: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    r = torch.size(R1, 1)
    d = torch.size(R1, 2)
    A1 = torch.to(torch.cat([torch.sub(W1, R1), torch.unsqueeze(b1, 2)], 2), 7)
    A2 = torch.to(torch.cat([torch.sub(W2, R2), torch.unsqueeze(b2, 2)], 2), 7)
    F1 = torch.transpose(torch.to(R1, 7), 1, 2)
    F2 = torch.transpose(torch.to(R2, 7), 1, 2)
    q, t = torch.linalg_qr(torch.cat([F1, F2], 2))
    x = torch.add(torch.mul(torch.matmul(F1, A1), torch.sub(1., a)), torch.mul(torch.matmul(F2, A2), a))
    u, s, v = torch.linalg_svd(torch.matmul(torch.transpose(q, 1, 2), x), False)
    ur = torch.slice(u, 2, 0, r)
    sv = torch.mul(torch.unsqueeze(torch.slice(s, 1, 0, r), 2), torch.slice(v, 1, 0, r))
    R = torch.transpose(torch.matmul(q, ur), 1, 2)
    W = torch.add(R, torch.slice(sv, 2, 0, d))
    b = torch.select(sv, 2, d)
    return (torch.contiguous(torch.to(R, 6)), torch.contiguous(torch.to(W, 6)), torch.contiguous(torch.to(b, 6)))
