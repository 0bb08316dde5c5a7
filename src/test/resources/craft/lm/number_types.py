# Results in a number type that DJL has no name for, alone and among others.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def brain(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.to(x, 15)

  def second(self: __torch__.M, x: Tensor) -> Tuple[Tensor, Tensor]:
    return (x, torch.to(x, 15))

  def half(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.to(x, 5)

  def sum(self: __torch__.M, x: Tensor, many: List[Tensor]) -> Tensor:
    return torch.add(x, torch.to(torch.sum(many[0]), 6))
