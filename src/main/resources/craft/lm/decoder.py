# The forward pass of a decoder, in TorchScript's own serialised dialect of Python: what is the same for every family.
# ${family} are the methods of one family, from a text of its own:
#   embed(ids [B, S], pos [B, S], w) -> [B, S, d], the input of the first block
#   angles(pos, w) -> two tensors that every block needs of the positions, computed once a pass
#   project(h [B, S, d], i, the two of angles, w, ad) -> block i's queries [B, H, S, hd], keys and values [B, K, S, hd]
#   finish(x [B, S, d], o [B, S, H hd], i, w, ad) -> block i's output [B, S, d] from its input and what its attention gives
#   final_norm(h [N, d], w) -> [N, d], the LM head's input
# and headBias [V] is the LM head's bias, or None.
# The text is used in two ways. The one that reads and learns takes any number of tokens at a time. The one that writes takes one
# new token of each of ${slots} rows, always so many: what it computes of a row must not depend on the others. They differ in ${writes}.
# Other ${...} are numbers of config.json and places of weights. No weight lives in the module: w holds them, in the order
# of WeightPlan.java.
# Blocks compute in number type ${number}; embedding, final norm and LM head, edits and updates, and whatever comes from
# Java or goes there, are float32 (type 6), which each method turns into the other at its border.
# ad are low-rank updates of projections, see adapted; empty for the untouched weights.
# Shapes: B sequences, S new tokens at positions pos, P tokens before them whose keys and values are given, d hidden size,
#   H heads, K key-value heads, hd head size, N predictions, V vocabulary, n intervened layers, r rank.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

${family}

  # Attention of q [B, H, S, hd] over k, v [B, K, S, hd] and what past [2, B, K, P, hd] (or empty) holds before them
  # -> [B, S, H hd]; mask [B, 1, H / K S, P + S] or empty: causal.
  # PyTorch's own enable_gqa leaves the fused kernel on the CPU. The heads that share keys are therefore laid one below the
  # other as if they were further tokens, which copies no key; where causality is the kernel's own, keys are repeated.
  def attend(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, past: Tensor) -> Tensor:
    if torch.gt(torch.numel(past), 0):
      k = torch.cat([torch.select(past, 0, 0), k], 2)
      v = torch.cat([torch.select(past, 0, 1), v], 2)
    else:
      pass
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

  # x W^T + b. Writing, the few rows are the first factor's columns, for then MKL does not copy the weights before it multiplies.
  # Its result lies column by column; what follows wants rows.
  def linear(self: __torch__.M, x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
    if ${writes}:
      if torch.eq(ops.prim.dtype(x), 6):
        size = torch.size(x)
        columns = torch.mm(w, torch.transpose(torch.reshape(x, [-1, size[-1]]), 0, 1))
        rows = torch.contiguous(torch.transpose(columns, 0, 1))
        y = torch.view(rows, torch.add(torch.slice(size, 0, -1), [torch.size(w, 0)]))
        if torch.__isnot__(b, None):
          y = torch.add(y, unchecked_cast(Tensor, b))
        else:
          pass
      else:
        y = torch.linear(x, w, b)
    else:
      y = torch.linear(x, w, b)
    return y

  # The same numbers so laid out that a function of each of them goes row by row. PyTorch computes the last few of all that lie in
  # one piece in another way than the others, and where these are would be a matter of the slot.
  def lanes(self: __torch__.M, x: Tensor) -> Tensor:
    y = x
    if ${ragged}:
      y = torch.slice(torch.constant_pad_nd(x, [0, 1], 0), -1, 0, torch.size(x, -1))
    else:
      pass
    return y

  # Block i's output [B, S, d], of the tokens in only alone if that is not empty, and the new keys and values of all S.
  def block(self: __torch__.M, h: Tensor, i: int, cos: Tensor, sin: Tensor, mask: Tensor, past: Tensor, only: Tensor, w: List[Tensor], ad: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    all_q, k, v = self.project(h, i, cos, sin, w, ad)
    x, q = self.narrow(h, all_q, only)
    o = self.attend(q, k, v, mask, past)
    return (self.finish(x, o, i, w, ad), k, v)

  # The tokens at flat indices only [B, n] of x [B, S, ...] -> [B, n, ...] with all after S in one.
  def choose(self: __torch__.M, x: Tensor, only: Tensor) -> Tensor:
    size = torch.size(only)
    return torch.reshape(torch.index_select(torch.flatten(x, 0, 1), 0, torch.reshape(only, [-1])), [size[0], size[1], -1])

  # Hidden states [B, S, d] and queries [B, H, S, hd] of those tokens; of all when only is empty.
  def narrow(self: __torch__.M, h: Tensor, q: Tensor, only: Tensor) -> Tuple[Tensor, Tensor]:
    x = h
    of = q
    if torch.gt(torch.numel(only), 0):
      size = torch.size(only)
      x = self.choose(h, only)
      rows = torch.view(self.choose(torch.transpose(q, 1, 2), only), [size[0], size[1], ${heads}, ${headDim}])
      of = torch.transpose(rows, 1, 2)
    else:
      pass
    return (x, of)

  # In float32: adds up[j]^T (down[j] h + bias[j]) to the tokens of part sites[1][j] if layer i is sites[0][j], for every site j;
  # where [B, S, parts] is 1 at a part's tokens.
  def edit(self: __torch__.M, h: Tensor, i: int, where: Tensor, sites: Tensor, down: Tensor, bias: Tensor, up: Tensor) -> Tensor:
    out = h
    for j in range(torch.size(sites, -1)):
      if torch.eq(int(torch.select(torch.select(sites, 0, 0), 0, j)), i):
        part = int(torch.select(torch.select(sites, 0, 1), 0, j))
        low = torch.linear(torch.to(h, 6), torch.select(down, 0, j), torch.select(bias, 0, j))
        at = torch.slice(where, 2, part, torch.add(part, 1))
        out = torch.add(torch.to(out, 6), torch.mul(at, torch.matmul(low, torch.select(up, 0, j))))
      else:
        pass
    return torch.to(out, ${number})

  # In float32: y + B A x, the low-rank update of the projection that made y of x [B, S, in], if block i has one. ad[0]: for each of
  # the seven projections (q, k, v, o, gate, up, down) the place in ad of A [n, E r, in], followed by B [n, out, E r] and,
  # with E > 1 experts, by the gate [n, E, in]; 0 for none; then for each the number E. ad[1]: for each block its row in
  # these, or -1. The experts' shares are softmax(gate x).
  def adapted(self: __torch__.M, y: Tensor, x: Tensor, i: int, projection: int, ad: List[Tensor]) -> Tensor:
    out = y
    if torch.gt(torch.len(ad), 1):
      at = int(torch.select(ad[0], 0, projection))
      row = int(torch.select(ad[1], 0, i))
      if torch.gt(at, 0):
        if torch.ge(row, 0):
          wide = torch.to(x, 6)
          low = torch.linear(wide, torch.select(ad[at], 0, row), None)
          experts = int(torch.select(ad[0], 0, torch.add(projection, 7)))
          if torch.gt(experts, 1):
            share = torch.softmax(torch.linear(wide, torch.select(ad[torch.add(at, 2)], 0, row), None), -1)
            low = torch.mul(low, torch.repeat_interleave(share, torch.floordiv(torch.size(low, -1), experts), -1))
          else:
            pass
          update = torch.linear(low, torch.select(ad[torch.add(at, 1)], 0, row), None)
          out = torch.to(torch.add(torch.to(y, 6), torch.reshape(update, torch.size(y))), ${number})
        else:
          pass
      else:
        pass
    else:
      pass
    return out

  # What every block needs of the positions, in the blocks' number type; computed in float32.
  def turns(self: __torch__.M, pos: Tensor, w: List[Tensor]) -> Tuple[Tensor, Tensor]:
    cos, sin = self.angles(pos, w)
    return (torch.to(cos, ${number}), torch.to(sin, ${number}))

  # Blocks first .. last - 1. With edited_start the input already is block first - 1's output, whose edit comes first.
  # mask [B, 1, S, P + S] or empty: causal over S alone; past [last - first, 2, B, K, P, hd] or empty. Gives the hidden
  # states [B, S, d] after the last block and, with keep, the new keys and values [last - first, 2, B, K, S, hd] (otherwise
  # past as it came). With only [B, n], flat indices of tokens, not empty (mask is not empty then): the last block's output is
  # computed for these alone, [B, n, d].
  def extend(self: __torch__.M, h: Tensor, plan: Tensor, pos: Tensor, mask: Tensor, past: Tensor, where: Tensor, sites: Tensor, down: Tensor, bias: Tensor, up: Tensor, only: Tensor, w: List[Tensor], ad: List[Tensor]) -> Tuple[Tensor, Tensor]:
    first = int(torch.select(plan, 0, 0))
    last = int(torch.select(plan, 0, 1))
    edited_start = torch.eq(int(torch.select(plan, 0, 2)), 1)
    keep = torch.eq(int(torch.select(plan, 0, 3)), 1)
    cos, sin = self.turns(pos, w)
    x = torch.to(h, ${number})
    if edited_start:
      x = self.edit(x, torch.sub(first, 1), where, sites, down, bias, up)
    else:
      pass
    seen = mask
    if torch.gt(torch.numel(mask), 0):
      seen = torch.repeat(torch.to(mask, ${number}), [1, 1, ${group}, 1])
    else:
      pass
    has_past = torch.gt(torch.numel(past), 0)
    kept = annotate(List[Tensor], [])
    for n in range(torch.sub(last, first)):
      i = torch.add(first, n)
      before = past
      if has_past:
        before = torch.to(torch.select(past, 0, n), ${number})
      else:
        pass
      wanted = torch.slice(only, 0, 0, 0)
      at = where
      if torch.eq(torch.add(i, 1), last):
        wanted = only
        if torch.gt(torch.numel(only), 0):
          size = torch.size(only)
          narrowed = torch.view(self.choose(torch.transpose(mask, 1, 2), only), [size[0], 1, size[1], -1])
          seen = torch.repeat(torch.to(narrowed, ${number}), [1, 1, ${group}, 1])
          if torch.gt(torch.numel(where), 0):
            at = self.choose(where, only)
          else:
            pass
        else:
          pass
      else:
        pass
      y, k, v = self.block(x, i, cos, sin, seen, before, wanted, w, ad)
      x = self.edit(y, i, at, sites, down, bias, up)
      if keep:
        _0 = torch.append(kept, torch.stack([k, v], 0))
      else:
        pass
    kv = past
    if torch.gt(torch.len(kept), 0):
      kv = torch.to(torch.stack(kept, 0), 6)
    else:
      pass
    return (torch.to(x, 6), kv)

  # Keys and values [last, 2, B, K, S, hd] of blocks 0 .. last - 1 without edits, causal; pos [B, S]. Of the last block
  # nothing else is computed.
  def prefill(self: __torch__.M, ids: Tensor, last: Tensor, pos: Tensor, w: List[Tensor]) -> Tensor:
    cos, sin = self.turns(pos, w)
    none = torch.slice(pos, 0, 0, 0)
    top = torch.sub(int(last), 1)
    bare = annotate(List[Tensor], [])
    x = torch.to(self.embed(ids, pos, w), ${number})
    kept = annotate(List[Tensor], [])
    for i in range(top):
      y, k, v = self.block(x, i, cos, sin, none, none, none, w, bare)
      x = y
      _0 = torch.append(kept, torch.stack([k, v], 0))
    q, k1, v1 = self.project(x, top, cos, sin, w, bare)
    _1 = torch.append(kept, torch.stack([k1, v1], 0))
    return torch.to(torch.stack(kept, 0), 6)

  # Room for keys and values of a row of size tokens, [layers, 2, K, size, hd].
  def room(self: __torch__.M, size: Tensor) -> Tensor:
    return torch.zeros([${layers}, 2, ${keyValueHeads}, int(size), ${headDim}], dtype=${number}, layout=None, device=None, pin_memory=None)

  # Writes keys and values [n, 2, 1, K, S, hd] of n blocks from place[0] on into a row's room, at its tokens from place[1] on.
  def put(self: __torch__.M, place: Tensor, kv: Tensor, room: List[Tensor]) -> Tensor:
    first = int(torch.select(place, 0, 0))
    start = int(torch.select(place, 0, 1))
    blocks = torch.slice(room[0], 0, first, torch.add(first, torch.size(kv, 0)))
    _0 = torch.copy_(torch.slice(blocks, 3, start, torch.add(start, torch.size(kv, 4))), torch.select(kv, 2, 0))
    return place

  # Attention of one new token of each row: q [B, H, 1, hd], k, v [B, K, 1, hd], of which row s is its lengths[s]-th token, into
  # whose room keys and values are written; 0: no row. Each row by itself, over its own tokens and no more, so that no shape depends
  # on another row or on how much room there is. -> [B, 1, H hd]
  def attend_each(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, i: int, lengths: List[int], rooms: List[Tensor]) -> Tensor:
    out = annotate(List[Tensor], [])
    for s in range(torch.len(rooms)):
      n = lengths[s]
      if torch.gt(n, 0):
        own = torch.slice(torch.select(rooms[s], 0, i), 2, 0, n)
        keys = torch.slice(own, 0, 0, 1)
        values = torch.slice(own, 0, 1, 2)
        _0 = torch.copy_(torch.slice(keys, 2, torch.sub(n, 1), n), torch.slice(k, 0, s, torch.add(s, 1)))
        _1 = torch.copy_(torch.slice(values, 2, torch.sub(n, 1), n), torch.slice(v, 0, s, torch.add(s, 1)))
        tall = torch.reshape(torch.select(q, 0, s), [1, ${keyValueHeads}, ${group}, ${headDim}])
        a = torch.scaled_dot_product_attention(tall, keys, values, None, 0., False, scale=None, enable_gqa=False)
        _2 = torch.append(out, torch.reshape(a, [1, 1, ${queryWidth}]))
      else:
        _3 = torch.append(out, torch.reshape(torch.mul(torch.select(q, 0, s), 0), [1, 1, ${queryWidth}]))
    return torch.cat(out, 0)

  # The next token of each row: ids [B, 1] at positions pos [B, 1], each row's lengths [B], tokens with this one, 0 where there is no
  # row; rooms hold keys and values of the tokens before. -> the likeliest next tokens [B], logits [B, V]
  def write(self: __torch__.M, ids: Tensor, pos: Tensor, lengths: Tensor, w: List[Tensor], ad: List[Tensor], rooms: List[Tensor]) -> Tuple[Tensor, Tensor]:
    cos, sin = self.turns(pos, w)
    x = torch.to(self.embed(ids, pos, w), ${number})
    each = annotate(List[int], [])
    for s in range(torch.len(rooms)):
      _0 = torch.append(each, int(torch.select(lengths, 0, s)))
    for i in range(${layers}):
      q, k, v = self.project(x, i, cos, sin, w, ad)
      x = self.finish(x, self.attend_each(q, k, v, i, each, rooms), i, w, ad)
    z = self.logits(torch.select(torch.to(x, 6), 1, 0), w)
    return (torch.argmax(z, -1), z)

  # Pads each [L, 2, 1, K, p_b, hd] (float32 or float16) with zeros to p tokens and joins them to [L, 2, B, K, p, hd].
  def join(self: __torch__.M, p: Tensor, kv: List[Tensor]) -> Tensor:
    to = int(p)
    out = annotate(List[Tensor], [])
    for b in range(torch.len(kv)):
      x = kv[b]
      _0 = torch.append(out, torch.constant_pad_nd(x, [0, 0, 0, torch.sub(to, torch.size(x, 4))], 0))
    return torch.to(torch.cat(out, 2), 6)

  # Pads each [1, s_b, d] (float32 or float16) with zeros to s tokens and joins them to [B, s, d].
  def join_hidden(self: __torch__.M, s: Tensor, hidden: List[Tensor]) -> Tensor:
    to = int(s)
    out = annotate(List[Tensor], [])
    for b in range(torch.len(hidden)):
      x = hidden[b]
      _0 = torch.append(out, torch.constant_pad_nd(x, [0, 0, 0, torch.sub(to, torch.size(x, 1))], 0))
    return torch.to(torch.cat(out, 0), 6)

  # As float16, to be kept. What is beyond its range becomes its largest number, so that nothing becomes infinite.
  def half(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.to(torch.clamp(x, -65504., 65504.), 5)

  # Rows of h [B, S, d] at flat indices [N] -> [N, d]
  def pick(self: __torch__.M, h: Tensor, index: Tensor) -> Tensor:
    return torch.index_select(torch.reshape(h, [-1, ${hidden}]), 0, index)

  # Last hidden states [N, d] (before the final norm) -> logits [N, V]
  def logits(self: __torch__.M, h: Tensor, w: List[Tensor]) -> Tensor:
    return self.linear(self.final_norm(h, w), ${head}, ${headBias})

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
