# The forward pass of a Llama-family decoder, in TorchScript's own serialised dialect of Python.
# ${...} are numbers of config.json, put in when the text is loaded. No weight lives in the module: w holds them,
#   w[0] embedding [V, d], w[1] final norm [d], w[2] LM head [V, d], w[3] inverse rotary frequencies [hd / 2], then for
#   each layer: input norm [d], q|k|v [(H + 2 K) hd, d], o [d, H hd], post-attention norm [d], gate|up [2 f, d], down [d, f],
#   and then what only some families have, where config.json says so: biases q|k|v, o, gate|up, down, and the norms [hd] of
#   every head's queries and keys. Such a mark, ${qkvBias} for one, becomes w[...] or None.
# Shapes: B sequences, S new tokens, P tokens before them whose keys and values are given, H heads, K key-value heads,
#   hd head size, n intervened layers, r rank.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def rotate(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a = torch.slice(x, -1, 0, ${half})
    b = torch.slice(x, -1, ${half}, ${headDim})
    return torch.cat([torch.sub(torch.mul(a, cos), torch.mul(b, sin)), torch.add(torch.mul(b, cos), torch.mul(a, sin))], -1)

  # Block i's queries [B, H, S, hd], keys and values [B, K, S, hd] of its input h [B, S, d].
  def project(self: __torch__.M, h: Tensor, i: int, cos: Tensor, sin: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    at = torch.add(torch.mul(i, ${weightsALayer}), 4)
    size = torch.size(h)
    B = size[0]
    S = size[1]
    x = torch.rms_norm(h, [${hidden}], w[at], ${epsilon})
    qkv = torch.linear(x, w[torch.add(at, 1)], ${qkvBias})
    q = torch.transpose(torch.view(torch.slice(qkv, -1, 0, ${queryWidth}), [B, S, ${heads}, ${headDim}]), 1, 2)
    k = torch.transpose(torch.view(torch.slice(qkv, -1, ${queryWidth}, ${keyEnd}), [B, S, ${keyValueHeads}, ${headDim}]), 1, 2)
    v = torch.transpose(torch.view(torch.slice(qkv, -1, ${keyEnd}, ${valueEnd}), [B, S, ${keyValueHeads}, ${headDim}]), 1, 2)
    if ${qkNorm}:
      q = torch.rms_norm(q, [${headDim}], ${queryNorm}, ${epsilon})
      k = torch.rms_norm(k, [${headDim}], ${keyNorm}, ${epsilon})
    else:
      pass
    return (self.rotate(q, cos, sin), self.rotate(k, cos, sin), v)

  # Attention of q [B, H, S, hd] over k, v [B, K, P + S, hd] -> [B, S, H hd]; mask [B, 1, H / K S, P + S] or empty: causal.
  # PyTorch's own enable_gqa leaves the fused kernel on the CPU. The heads that share keys are therefore laid one below the
  # other as if they were further tokens, which copies no key; where causality is the kernel's own, keys are repeated.
  def attend(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    size = torch.size(q)
    B = size[0]
    S = size[2]
    if torch.gt(torch.numel(mask), 0):
      tall = torch.reshape(q, [B, ${keyValueHeads}, torch.mul(S, ${group}), ${headDim}])
      a = torch.scaled_dot_product_attention(tall, k, v, mask, 0., False, scale=None, enable_gqa=False)
      split = torch.reshape(a, [B, ${keyValueHeads}, ${group}, S, ${headDim}])
      o = torch.permute(split, [0, 3, 1, 2, 4])
    else:
      if ${grouped}:
        k = torch.repeat_interleave(k, ${group}, 1)
        v = torch.repeat_interleave(v, ${group}, 1)
      else:
        pass
      o = torch.transpose(torch.scaled_dot_product_attention(q, k, v, None, 0., True, scale=None, enable_gqa=False), 1, 2)
    return torch.reshape(o, [B, S, ${queryWidth}])

  # One decoder block. h [B, S, d]; mask as for attend; past [2, B, K, P, hd] or empty.
  # Gives the block's output and its new keys and values [B, K, S, hd].
  def block(self: __torch__.M, h: Tensor, i: int, cos: Tensor, sin: Tensor, mask: Tensor, past: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    at = torch.add(torch.mul(i, ${weightsALayer}), 4)
    q, k, v = self.project(h, i, cos, sin, w)
    keys = k
    values = v
    if torch.gt(torch.numel(past), 0):
      keys = torch.cat([torch.select(past, 0, 0), k], 2)
      values = torch.cat([torch.select(past, 0, 1), v], 2)
    else:
      pass
    o = self.attend(q, keys, values, mask)
    h1 = torch.add(h, torch.linear(o, w[torch.add(at, 2)], ${outputBias}))
    y = torch.rms_norm(h1, [${hidden}], w[torch.add(at, 3)], ${epsilon})
    gu = torch.linear(y, w[torch.add(at, 4)], ${gateUpBias})
    m = torch.mul(torch.silu(torch.slice(gu, -1, 0, ${inner})), torch.slice(gu, -1, ${inner}, ${innerTwice}))
    h2 = torch.add(h1, torch.linear(m, w[torch.add(at, 5)], ${downBias}))
    return (h2, k, v)

  # Adds up[j]^T (down[j] h + bias[j]) where `where` [B, S, 1] is 1, if layer i is layers[j] for some j.
  def edit(self: __torch__.M, h: Tensor, i: int, where: Tensor, layers: Tensor, down: Tensor, bias: Tensor, up: Tensor) -> Tensor:
    out = h
    for j in range(torch.size(layers, 0)):
      if torch.eq(int(torch.select(layers, 0, j)), i):
        low = torch.linear(h, torch.select(down, 0, j), torch.select(bias, 0, j))
        out = torch.add(h, torch.mul(where, torch.matmul(low, torch.select(up, 0, j))))
      else:
        pass
    return out

  # ids [B, S] -> [B, S, d]
  def embed(self: __torch__.M, ids: Tensor, w: List[Tensor]) -> Tensor:
    return torch.embedding(w[0], ids)

  # Blocks first .. last - 1. With edited_start the input already is block first - 1's output, whose edit comes first.
  # mask [B, 1, S, P + S] or empty: causal over S alone; past [last - first, 2, B, K, P, hd] or empty. Gives the hidden
  # states [B, S, d] after the last block and, with keep, the new keys and values [last - first, 2, B, K, S, hd] (otherwise
  # past as it came).
  def extend(self: __torch__.M, h: Tensor, plan: Tensor, pos: Tensor, mask: Tensor, past: Tensor, where: Tensor, layers: Tensor, down: Tensor, bias: Tensor, up: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor]:
    first = int(torch.select(plan, 0, 0))
    last = int(torch.select(plan, 0, 1))
    edited_start = torch.eq(int(torch.select(plan, 0, 2)), 1)
    keep = torch.eq(int(torch.select(plan, 0, 3)), 1)
    angle = torch.mul(torch.unsqueeze(torch.unsqueeze(pos, 1), -1), w[3])
    cos = torch.cos(angle)
    sin = torch.sin(angle)
    x = h
    if edited_start:
      x = self.edit(x, torch.sub(first, 1), where, layers, down, bias, up)
    else:
      pass
    seen = mask
    if torch.gt(torch.numel(mask), 0):
      seen = torch.repeat(mask, [1, 1, ${group}, 1])
    else:
      pass
    has_past = torch.gt(torch.numel(past), 0)
    kept = annotate(List[Tensor], [])
    for n in range(torch.sub(last, first)):
      i = torch.add(first, n)
      before = past
      if has_past:
        before = torch.select(past, 0, n)
      else:
        pass
      y, k, v = self.block(x, i, cos, sin, seen, before, w)
      x = self.edit(y, i, where, layers, down, bias, up)
      if keep:
        _0 = torch.append(kept, torch.stack([k, v], 0))
      else:
        pass
    kv = past
    if torch.gt(torch.len(kept), 0):
      kv = torch.stack(kept, 0)
    else:
      pass
    return (x, kv)

  # Keys and values [last, 2, B, K, S, hd] of blocks 0 .. last - 1 without edits, causal; pos [B, S]. Of the last block
  # nothing else is computed.
  def prefill(self: __torch__.M, ids: Tensor, last: Tensor, pos: Tensor, w: List[Tensor]) -> Tensor:
    angle = torch.mul(torch.unsqueeze(torch.unsqueeze(pos, 1), -1), w[3])
    cos = torch.cos(angle)
    sin = torch.sin(angle)
    none = torch.slice(pos, 0, 0, 0)
    top = torch.sub(int(last), 1)
    x = torch.embedding(w[0], ids)
    kept = annotate(List[Tensor], [])
    for i in range(top):
      y, k, v = self.block(x, i, cos, sin, none, none, w)
      x = y
      _0 = torch.append(kept, torch.stack([k, v], 0))
    q, k1, v1 = self.project(x, top, cos, sin, w)
    _1 = torch.append(kept, torch.stack([k1, v1], 0))
    return torch.stack(kept, 0)

  # Pads each [L, 2, 1, K, p_b, hd] with zeros to p tokens and joins them to [L, 2, B, K, p, hd].
  def join(self: __torch__.M, p: Tensor, kv: List[Tensor]) -> Tensor:
    to = int(p)
    out = annotate(List[Tensor], [])
    for b in range(torch.len(kv)):
      x = kv[b]
      _0 = torch.append(out, torch.constant_pad_nd(x, [0, 0, 0, torch.sub(to, torch.size(x, 4))], 0))
    return torch.cat(out, 2)

  # Pads each [1, s_b, d] with zeros to s tokens and joins them to [B, s, d].
  def join_hidden(self: __torch__.M, s: Tensor, hidden: List[Tensor]) -> Tensor:
    to = int(s)
    out = annotate(List[Tensor], [])
    for b in range(torch.len(hidden)):
      x = hidden[b]
      _0 = torch.append(out, torch.constant_pad_nd(x, [0, 0, 0, torch.sub(to, torch.size(x, 1))], 0))
    return torch.cat(out, 0)

  # Rows of h [B, S, d] at flat indices [N] -> [N, d]
  def pick(self: __torch__.M, h: Tensor, index: Tensor) -> Tensor:
    return torch.index_select(torch.reshape(h, [-1, ${hidden}]), 0, index)

  # Last hidden states [N, d] (before the final norm) -> logits [N, V]
  def logits(self: __torch__.M, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.linear(torch.rms_norm(h, [${hidden}], w[1], ${epsilon}), w[2], None)

  # log p of targets [N] -> [N], float32
  def log_likelihood(self: __torch__.M, h: Tensor, targets: Tensor, w: List[Tensor]) -> Tensor:
    lp = torch.log_softmax(self.logits(h, w), -1, 6)
    return torch.squeeze(torch.gather(lp, 1, torch.unsqueeze(targets, 1)), 1)

  # Mean over N of the divergence between p (first) and q (second), given as log-probabilities [N, V].
  # direction 0: KL(p || q), 1: KL(q || p), 2: Jensen-Shannon.
  def divergence_of(self: __torch__.M, p: Tensor, q: Tensor, direction: int) -> Tensor:
    if torch.eq(direction, 0):
      d = torch.sum(torch.mul(torch.exp(p), torch.sub(p, q)), [-1])
    else:
      if torch.eq(direction, 1):
        d = torch.sum(torch.mul(torch.exp(q), torch.sub(q, p)), [-1])
      else:
        m = torch.sub(torch.logaddexp(p, q), 0.69314718055994529)
        a = torch.sum(torch.mul(torch.exp(p), torch.sub(p, m)), [-1])
        b = torch.sum(torch.mul(torch.exp(q), torch.sub(q, m)), [-1])
        d = torch.mul(torch.add(a, b), 0.5)
    return torch.mean(d)

  # Mean divergence between the distributions of two sets of last hidden states [N, d] at a temperature (scaled by T^2).
  def divergence(self: __torch__.M, first: Tensor, second: Tensor, direction: Tensor, temperature: Tensor, w: List[Tensor]) -> Tensor:
    p = torch.log_softmax(torch.div(self.logits(first, w), temperature), -1, 6)
    q = torch.log_softmax(torch.div(self.logits(second, w), temperature), -1, 6)
    return torch.mul(self.divergence_of(p, q, int(direction)), torch.mul(temperature, temperature))

  # Loss = CE + lambda D(reference, h) over N answer tokens; reference [N, d] or empty. Gives (loss, CE, D), each 0-d.
  def loss(self: __torch__.M, h: Tensor, targets: Tensor, reference: Tensor, direction: Tensor, temperature: Tensor, weight: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    z = self.logits(h, w)
    lq = torch.log_softmax(z, -1, 6)
    ce = torch.neg(torch.mean(torch.gather(lq, 1, torch.unsqueeze(targets, 1))))
    if torch.gt(torch.numel(reference), 0):
      lp = torch.log_softmax(torch.div(self.logits(reference, w), temperature), -1, 6)
      lt = lq
      if torch.ne(float(temperature), 1.):
        lt = torch.log_softmax(torch.div(z, temperature), -1, 6)
      else:
        pass
      d = torch.mul(self.divergence_of(lp, lt, int(direction)), torch.mul(temperature, temperature))
      out = torch.add(ce, torch.mul(weight, d))
    else:
      d = torch.zeros_like(ce)
      out = ce
    return (out, ce, d)
