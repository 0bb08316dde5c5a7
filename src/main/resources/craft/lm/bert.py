# BERT's part of decoder.py: LayerNorm behind each part of a block, learned positions, all tokens of the first segment,
# biases. Attention is two-way by its mask, which is therefore never empty; no keys and values are ever given. What stands
# before the LM head, a dense layer, an activation and LayerNorm, is its final_norm.
# Weights: embedding [V, d], places [n, d], types [t, d], embeddingNorm and embeddingNormBias [d], transform [d, d] and its
#   bias, norm and normBias [d], and a layer's qkv [3 d, d], output [d, d], attentionNorm, attentionNormBias [d], up [f, d],
#   down [d, f], outputNorm, outputNormBias [d]; biases of the four.
  def embed(self: __torch__.M, ids: Tensor, pos: Tensor, w: List[Tensor]) -> Tensor:
    x = torch.add(torch.embedding(${embedding}, ids), torch.embedding(${places}, torch.to(pos, 4)))
    y = torch.add(x, torch.select(${types}, 0, 0))
    return torch.layer_norm(y, [${hidden}], ${embeddingNorm}, ${embeddingNormBias}, ${epsilon})

  # The embedding has said all about positions.
  def angles(self: __torch__.M, pos: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor]:
    return (pos, pos)

  def project(self: __torch__.M, h: Tensor, i: int, cos: Tensor, sin: Tensor, w: List[Tensor], ad: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    at = ${layer}
    size = torch.size(h)
    qkv = self.linear(h, ${qkv}, ${qkvBias})
    split = torch.view(qkv, [size[0], size[1], 3, ${heads}, ${headDim}])
    q = torch.transpose(self.adapted(torch.select(split, 2, 0), h, i, 0, ad), 1, 2)
    k = torch.transpose(self.adapted(torch.select(split, 2, 1), h, i, 1, ad), 1, 2)
    v = torch.transpose(self.adapted(torch.select(split, 2, 2), h, i, 2, ad), 1, 2)
    return (q, k, v)

  def act(self: __torch__.M, x: Tensor) -> Tensor:
    return ${activation}

  def finish(self: __torch__.M, x: Tensor, o: Tensor, i: int, w: List[Tensor], ad: List[Tensor]) -> Tensor:
    at = ${layer}
    a = torch.add(x, self.adapted(self.linear(o, ${output}, ${outputBias}), o, i, 3, ad))
    h1 = torch.layer_norm(a, [${hidden}], ${attentionNorm}, ${attentionNormBias}, ${epsilon})
    m = self.act(self.adapted(self.linear(h1, ${up}, ${upBias}), h1, i, 5, ad))
    y = torch.add(h1, self.adapted(self.linear(m, ${down}, ${downBias}), m, i, 6, ad))
    return torch.layer_norm(y, [${hidden}], ${outputNorm}, ${outputNormBias}, ${epsilon})

  def final_norm(self: __torch__.M, h: Tensor, w: List[Tensor]) -> Tensor:
    x = self.act(torch.linear(h, ${transform}, ${transformBias}))
    return torch.layer_norm(x, [${hidden}], ${norm}, ${normBias}, ${epsilon})
