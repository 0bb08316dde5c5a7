# What guards against forgetting compute with parameters p, their gradients g, and arrays of the same shapes.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # scale / 2 times the sum of w (p - a)^2 over all numbers; 0-d, differentiable in p.
  def quadratic(self: __torch__.M, scale: Tensor, p: List[Tensor], a: List[Tensor], w: List[Tensor]) -> Tensor:
    total = torch.mul(scale, 0.)
    for i in range(torch.len(p)):
      total = torch.add(total, torch.sum(torch.mul(w[i], torch.pow(torch.sub(p[i], a[i]), 2))))
    return torch.mul(total, torch.div(scale, 2.))

  # The same with w = 1.
  def distance(self: __torch__.M, scale: Tensor, p: List[Tensor], a: List[Tensor]) -> Tensor:
    total = torch.mul(scale, 0.)
    for i in range(torch.len(p)):
      total = torch.add(total, torch.sum(torch.pow(torch.sub(p[i], a[i]), 2)))
    return torch.mul(total, torch.div(scale, 2.))

  # f + scale g^2, number by number.
  def add_squares(self: __torch__.M, scale: Tensor, f: List[Tensor], g: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for i in range(torch.len(f)):
      _0 = torch.append(out, torch.add(f[i], torch.mul(torch.pow(g[i], 2), scale)))
    return out

  # decay f + g, number by number.
  def decayed_sum(self: __torch__.M, decay: Tensor, f: List[Tensor], g: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for i in range(torch.len(f)):
      _0 = torch.append(out, torch.add(torch.mul(f[i], decay), g[i]))
    return out

  # All numbers as one row [P] of the first argument's manager.
  def flat(self: __torch__.M, owner: Tensor, parts: List[Tensor]) -> Tensor:
    rows = annotate(List[Tensor], [])
    for i in range(torch.len(parts)):
      _0 = torch.append(rows, torch.reshape(parts[i], [-1]))
    return torch.cat(rows, 0)

  # A row [P] cut into arrays of the given shapes.
  def cut(self: __torch__.M, row: Tensor, like: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    at = 0
    for i in range(torch.len(like)):
      end = torch.add(at, torch.numel(like[i]))
      _0 = torch.append(out, torch.reshape(torch.slice(row, 0, at, end), torch.size(like[i])))
      at = end
    return out

  # g [P] without its part along m [P], if it points against it: g - (g.m / m.m) m when g.m < 0. In float64 inside.
  def half_space(self: __torch__.M, g: Tensor, m: Tensor) -> Tensor:
    a = torch.to(g, 7)
    b = torch.to(m, 7)
    along = torch.sum(torch.mul(a, b))
    out = g
    if torch.lt(float(along), 0.):
      out = torch.to(torch.sub(a, torch.mul(b, torch.div(along, torch.sum(torch.mul(b, b))))), 6)
    else:
      pass
    return out

  # All inner products of k rows: the last of which is the gradient, [k, k] float64.
  def products(self: __torch__.M, owner: Tensor, rows: List[Tensor]) -> Tensor:
    m = torch.to(torch.stack(rows, 0), 7)
    return torch.matmul(m, torch.transpose(m, 0, 1))

  # The sum of v_i rows_i, v [k] float64.
  def combine(self: __torch__.M, v: Tensor, rows: List[Tensor]) -> Tensor:
    return torch.to(torch.matmul(v, torch.to(torch.stack(rows, 0), 7)), 6)

  # g [P] without its parts along the orthonormal rows of each basis [k, P]; twice, for what rounding left.
  def orthogonal(self: __torch__.M, g: Tensor, bases: List[Tensor]) -> Tensor:
    x = g
    for twice in range(2):
      for i in range(torch.len(bases)):
        x = torch.sub(x, torch.matmul(torch.matmul(bases[i], x), bases[i]))
    return x

  # Gram-Schmidt: an orthonormal basis [n, P] of what the rows add to the span of bases. A row of which less than 1e-4
  # of its length is left is dropped; none left gives [0, P].
  def basis(self: __torch__.M, owner: Tensor, rows: List[Tensor], bases: List[Tensor]) -> Tensor:
    found = torch.slice(torch.unsqueeze(rows[0], 0), 0, 0, 0)
    for i in range(torch.len(rows)):
      x = self.orthogonal(self.orthogonal(rows[i], bases), [found])
      x = self.orthogonal(x, bases)
      left = float(torch.linalg_vector_norm(x))
      if torch.gt(left, torch.mul(float(torch.linalg_vector_norm(rows[i])), 0.0001)):
        found = torch.cat([found, torch.unsqueeze(torch.div(x, left), 0)], 0)
      else:
        pass
    return found
