# GPT-2's part of decoder.py: LayerNorm, learned positions, as many heads of keys and values as of queries, biases.
# Weights: embedding [V, d], places [n, d], norm and normBias [d], and a layer's inputNorm, inputNormBias [d], qkv [3 d, d],
#   output [d, d], postNorm, postNormBias [d], up [f, d], down [d, f]; biases of the four.
  def embed(self: __torch__.M, ids: Tensor, pos: Tensor, w: List[Tensor]) -> Tensor:
    return torch.add(torch.embedding(${embedding}, ids), torch.embedding(${places}, torch.to(pos, 4)))

  # The embedding has said all about positions.
  def angles(self: __torch__.M, pos: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor]:
    return (pos, pos)

  def project(self: __torch__.M, h: Tensor, i: int, cos: Tensor, sin: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    at = ${layer}
    size = torch.size(h)
    x = torch.layer_norm(h, [${hidden}], ${inputNorm}, ${inputNormBias}, ${epsilon})
    qkv = torch.linear(x, ${qkv}, ${qkvBias})
    split = torch.permute(torch.view(qkv, [size[0], size[1], 3, ${heads}, ${headDim}]), [2, 0, 3, 1, 4])
    return (torch.select(split, 0, 0), torch.select(split, 0, 1), torch.select(split, 0, 2))

  def act(self: __torch__.M, x: Tensor) -> Tensor:
    return ${activation}

  def block(self: __torch__.M, h: Tensor, i: int, cos: Tensor, sin: Tensor, mask: Tensor, past: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    at = ${layer}
    q, k, v = self.project(h, i, cos, sin, w)
    o = self.attend(q, k, v, mask, past)
    h1 = torch.add(h, torch.linear(o, ${output}, ${outputBias}))
    y = torch.layer_norm(h1, [${hidden}], ${postNorm}, ${postNormBias}, ${epsilon})
    m = self.act(torch.linear(y, ${up}, ${upBias}))
    return (torch.add(h1, torch.linear(m, ${down}, ${downBias})), k, v)

  def final_norm(self: __torch__.M, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.layer_norm(h, [${hidden}], ${norm}, ${normBias}, ${epsilon})
