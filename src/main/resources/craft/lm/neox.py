# GPT-NeoX's part of decoder.py: LayerNorm, rotary positions on the first numbers of every head, attention and feed-forward
# part side by side or one after the other.
# Weights: embedding [V, d], norm and normBias [d], frequencies [turned / 2], and a layer's inputNorm, inputNormBias [d],
#   qkv [3 d, d] (head by head: its queries, its keys, its values), output [d, d], postNorm, postNormBias [d], up [f, d],
#   down [d, f]; biases of the four, the first two where config.json says so.
  def embed(self: __torch__.M, ids: Tensor, pos: Tensor, w: List[Tensor]) -> Tensor:
    return torch.embedding(${embedding}, ids)

  def angles(self: __torch__.M, pos: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor]:
    angle = torch.mul(torch.unsqueeze(torch.unsqueeze(pos, 1), -1), ${frequencies})
    return (torch.cos(angle), torch.sin(angle))

  def rotate(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a = torch.slice(x, -1, 0, ${half})
    b = torch.slice(x, -1, ${half}, ${turned})
    rest = torch.slice(x, -1, ${turned}, ${headDim})
    return torch.cat([torch.sub(torch.mul(a, cos), torch.mul(b, sin)), torch.add(torch.mul(b, cos), torch.mul(a, sin)), rest], -1)

  def project(self: __torch__.M, h: Tensor, i: int, cos: Tensor, sin: Tensor, w: List[Tensor], ad: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    at = ${layer}
    size = torch.size(h)
    x = torch.layer_norm(h, [${hidden}], ${inputNorm}, ${inputNormBias}, ${epsilon})
    qkv = self.linear(x, ${qkv}, ${qkvBias})
    split = torch.view(qkv, [size[0], size[1], ${heads}, 3, ${headDim}])
    q = torch.transpose(self.adapted(torch.select(split, 3, 0), x, i, 0, ad), 1, 2)
    k = torch.transpose(self.adapted(torch.select(split, 3, 1), x, i, 1, ad), 1, 2)
    v = torch.transpose(self.adapted(torch.select(split, 3, 2), x, i, 2, ad), 1, 2)
    return (self.rotate(q, cos, sin), self.rotate(k, cos, sin), v)

  def act(self: __torch__.M, x: Tensor) -> Tensor:
    return ${activation}

  def finish(self: __torch__.M, x: Tensor, o: Tensor, i: int, w: List[Tensor], ad: List[Tensor]) -> Tensor:
    at = ${layer}
    h1 = torch.add(x, self.adapted(self.linear(o, ${output}, ${outputBias}), o, i, 3, ad))
    read = h1
    if ${parallel}:
      read = x
    else:
      pass
    y = torch.layer_norm(read, [${hidden}], ${postNorm}, ${postNormBias}, ${epsilon})
    m = self.act(self.lanes(self.adapted(self.linear(y, ${up}, ${upBias}), y, i, 5, ad)))
    return torch.add(h1, self.adapted(self.linear(m, ${down}, ${downBias}), m, i, 6, ad))

  def final_norm(self: __torch__.M, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.layer_norm(h, [${hidden}], ${norm}, ${normBias}, ${epsilon})
