# One optimiser step for all parameters in one call.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # AdamW (Loshchilov and Hutter 2019, algorithm 2) after clipping by the global norm (Pascanu et al. 2013).
  # hyper float64: learning rate, beta1, beta2, epsilon, weight decay, 1 - beta1^t, 1 - beta2^t, largest norm (0: no clipping).
  # Gives the norm before clipping, then the new parameters, first and second moments.
  def adamw(self: __torch__.M, hyper: Tensor, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor]) -> List[Tensor]:
    rate = float(torch.select(hyper, 0, 0))
    beta1 = float(torch.select(hyper, 0, 1))
    beta2 = float(torch.select(hyper, 0, 2))
    epsilon = float(torch.select(hyper, 0, 3))
    decay = float(torch.select(hyper, 0, 4))
    c1 = float(torch.select(hyper, 0, 5))
    c2 = float(torch.select(hyper, 0, 6))
    most = float(torch.select(hyper, 0, 7))
    squares = annotate(List[Tensor], [])
    for i in range(torch.len(g)):
      _0 = torch.append(squares, torch.sum(torch.pow(torch.to(g[i], 7), 2)))
    norm = torch.sqrt(torch.sum(torch.stack(squares, 0)))
    scale = 1.
    if torch.gt(most, 0.):
      n = float(norm)
      if torch.gt(n, most):
        scale = torch.div(most, n)
      else:
        pass
    else:
      pass
    ps = annotate(List[Tensor], [])
    ms = annotate(List[Tensor], [])
    vs = annotate(List[Tensor], [])
    for i in range(torch.len(p)):
      gi = torch.mul(g[i], scale)
      mi = torch.add(torch.mul(m[i], beta1), torch.mul(gi, torch.sub(1., beta1)))
      vi = torch.add(torch.mul(v[i], beta2), torch.mul(torch.mul(gi, gi), torch.sub(1., beta2)))
      step = torch.div(torch.div(mi, c1), torch.add(torch.sqrt(torch.div(vi, c2)), epsilon))
      pi = torch.sub(torch.mul(p[i], torch.sub(1., torch.mul(rate, decay))), torch.mul(step, rate))
      _1 = torch.append(ps, pi)
      _2 = torch.append(ms, mi)
      _3 = torch.append(vs, vi)
    out = annotate(List[Tensor], [norm])
    for i in range(torch.len(ps)):
      _4 = torch.append(out, ps[i])
    for i in range(torch.len(ps)):
      _5 = torch.append(out, ms[i])
    for i in range(torch.len(ps)):
      _6 = torch.append(out, vs[i])
    return out
