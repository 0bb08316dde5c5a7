# The Llama family's part of decoder.py: RMSNorm, rotary positions, grouped-query attention, SwiGLU. Where config.json says
# so also biases, and norms of every head's queries and keys; a weight that the model does not have reads None.
# Weights: embedding [V, d], norm [d], frequencies [hd / 2], and a layer's inputNorm [d], qkv [(H + 2 K) hd, d],
#   output [d, H hd], postNorm [d], gateUp [2 f, d], down [d, f]; biases of the four; queryNorm, keyNorm [hd].
  def embed(self: __torch__.M, ids: Tensor, pos: Tensor, w: List[Tensor]) -> Tensor:
    return torch.embedding(${embedding}, ids)

  def angles(self: __torch__.M, pos: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor]:
    angle = torch.mul(torch.unsqueeze(torch.unsqueeze(pos, 1), -1), ${frequencies})
    return (torch.cos(angle), torch.sin(angle))

  def rotate(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a = torch.slice(x, -1, 0, ${half})
    b = torch.slice(x, -1, ${half}, ${headDim})
    return torch.cat([torch.sub(torch.mul(a, cos), torch.mul(b, sin)), torch.add(torch.mul(b, cos), torch.mul(a, sin))], -1)

  def project(self: __torch__.M, h: Tensor, i: int, cos: Tensor, sin: Tensor, w: List[Tensor], ad: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    at = ${layer}
    size = torch.size(h)
    B = size[0]
    S = size[1]
    x = torch.rms_norm(h, [${hidden}], ${inputNorm}, ${epsilon})
    qkv = self.linear(x, ${qkv}, ${qkvBias})
    parts = torch.split_with_sizes(qkv, [${queryWidth}, ${keyValueWidth}, ${keyValueWidth}], -1)
    q = torch.transpose(torch.view(self.adapted(parts[0], x, i, 0, ad), [B, S, ${heads}, ${headDim}]), 1, 2)
    k = torch.transpose(torch.view(self.adapted(parts[1], x, i, 1, ad), [B, S, ${keyValueHeads}, ${headDim}]), 1, 2)
    v = torch.transpose(torch.view(self.adapted(parts[2], x, i, 2, ad), [B, S, ${keyValueHeads}, ${headDim}]), 1, 2)
    if ${qkNorm}:
      q = torch.rms_norm(q, [${headDim}], ${queryNorm}, ${epsilon})
      k = torch.rms_norm(k, [${headDim}], ${keyNorm}, ${epsilon})
    else:
      pass
    return (self.rotate(q, cos, sin), self.rotate(k, cos, sin), v)

  def finish(self: __torch__.M, x: Tensor, o: Tensor, i: int, w: List[Tensor], ad: List[Tensor]) -> Tensor:
    at = ${layer}
    h1 = torch.add(x, self.adapted(self.linear(o, ${output}, ${outputBias}), o, i, 3, ad))
    y = torch.rms_norm(h1, [${hidden}], ${postNorm}, ${epsilon})
    gu = self.linear(y, ${gateUp}, ${gateUpBias})
    halves = torch.split_with_sizes(gu, [${inner}, ${inner}], -1)
    gate = self.adapted(halves[0], y, i, 4, ad)
    m = torch.mul(torch.silu(self.lanes(gate)), self.adapted(halves[1], y, i, 5, ad))
    return torch.add(h1, self.adapted(self.linear(m, ${down}, ${downBias}), m, i, 6, ad))

  def final_norm(self: __torch__.M, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.rms_norm(h, [${hidden}], ${norm}, ${epsilon})
