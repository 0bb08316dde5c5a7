# GPT-2's part of decoder.py: LayerNorm, learned positions, as many heads of keys and values as of queries, biases.
# Weights: embedding [V, d], places [n, d], norm and normBias [d], and a layer's inputNorm, inputNormBias [d], qkv [3 d, d],
#   output [d, d], postNorm, postNormBias [d], up [f, d], down [d, f]; biases of the four.
  def embed(self: __torch__.M, ids: Tensor, pos: Tensor, w: List[Tensor]) -> Tensor:
    return torch.add(torch.embedding(${embedding}, ids), torch.embedding(${places}, torch.to(pos, 4)))

  # The embedding has said all about positions.
  def angles(self: __torch__.M, pos: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor]:
    return (pos, pos)

  def project(self: __torch__.M, h: Tensor, i: int, cos: Tensor, sin: Tensor, w: List[Tensor], ad: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    at = ${layer}
    size = torch.size(h)
    x = torch.layer_norm(h, [${hidden}], ${inputNorm}, ${inputNormBias}, ${epsilon})
    qkv = self.linear(x, ${qkv}, ${qkvBias})
    split = torch.view(qkv, [size[0], size[1], 3, ${heads}, ${headDim}])
    q = torch.transpose(self.adapted(torch.select(split, 2, 0), x, i, 0, ad), 1, 2)
    k = torch.transpose(self.adapted(torch.select(split, 2, 1), x, i, 1, ad), 1, 2)
    v = torch.transpose(self.adapted(torch.select(split, 2, 2), x, i, 2, ad), 1, 2)
    return (q, k, v)

  def act(self: __torch__.M, x: Tensor) -> Tensor:
    return ${activation}

  def finish(self: __torch__.M, x: Tensor, o: Tensor, i: int, w: List[Tensor], ad: List[Tensor]) -> Tensor:
    at = ${layer}
    h1 = torch.add(x, self.adapted(self.linear(o, ${output}, ${outputBias}), o, i, 3, ad))
    y = torch.layer_norm(h1, [${hidden}], ${postNorm}, ${postNormBias}, ${epsilon})
    m = self.act(self.lanes(self.adapted(self.linear(y, ${up}, ${upBias}), y, i, 5, ad)))
    return torch.add(h1, self.adapted(self.linear(m, ${down}, ${downBias}), m, i, 6, ad))

  def final_norm(self: __torch__.M, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.layer_norm(h, [${hidden}], ${norm}, ${normBias}, ${epsilon})
