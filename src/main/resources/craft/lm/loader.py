# How weights come into PyTorch's own memory, slice by slice, in the number type they are to have.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Room for x in another number type.
  def room(self: __torch__.M, x: Tensor, number: Tensor) -> Tensor:
    return torch.empty_like(x, dtype=int(number), layout=None, device=None, pin_memory=False, memory_format=None)

  # Copies part [n, ...] to rows from .. from + n - 1 of target, or with transposed to its columns.
  def put(self: __torch__.M, part: Tensor, place: Tensor, target: List[Tensor]) -> Tensor:
    at = int(torch.select(place, 0, 0))
    to = target[0]
    if torch.eq(int(torch.select(place, 0, 1)), 1):
      to = torch.transpose(to, 0, 1)
    else:
      pass
    _0 = torch.copy_(torch.slice(to, 0, at, torch.add(at, torch.size(part, 0))), part)
    return place
