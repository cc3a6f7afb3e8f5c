"""DOCX files made of their XML, so that a test says what stands in one."""

import io
import zipfile
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
P = "http://schemas.openxmlformats.org/package/2006/relationships"
SPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:a="a" xmlns:pic="pic" xmlns:wps="wps" xmlns:m="m" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wp="wp" xmlns:v="v"'
)

STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Own heading"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="Zitat"><w:name w:val="Quote"/></w:style>
<w:style w:type="paragraph" w:styleId="Bold"><w:name w:val="Loud"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Em"><w:name w:val="Emphasis"/><w:rPr><w:i/></w:rPr></w:style>
"""


def level(depth: int, form: str, start: int = 1) -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/></w:lvl>'


NUMBERING = f"""
<w:abstractNum w:abstractNumId="0">{level(0, "bullet")}{level(1, "decimal")}</w:abstractNum>
<w:abstractNum w:abstractNumId="1">{level(0, "decimal", 3)}{level(1, "bullet")}</w:abstractNum>
<w:abstractNum w:abstractNumId="2">{level(0, "lowerLetter")}</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="1"/>
  <w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride></w:num>
"""


def run(words: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def par(*runs: str, style: str = "", more: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inner = "".join(each if each.startswith("<") else run(each) for each in runs)
    return f"<w:p><w:pPr>{named}{more}</w:pPr>{inner}</w:p>"


def item(words: str, number: int, depth: int = 0) -> str:
    return par(words, more=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def docx(
    body: str, *, links: dict[str, str] | None = None, files: dict[str, str | bytes] | None = None, **parts: str
) -> bytes:
    """Return a DOCX file: `parts` are further ones by their kind, `links` targets by their key."""
    parts = {"styles": STYLES, "numbering": NUMBERING} | parts
    relations = [
        f'<Relationship Id="p{n}" Type="{R}/{name.rstrip("0123456789")}" Target="{name}.xml"/>'
        for n, name in enumerate(parts)
    ]
    relations += [
        f'<Relationship Id="{key}" Type="{R}/hyperlink" Target="{escape(target)}" TargetMode="External"/>'
        for key, target in (links or {}).items()
    ]
    found: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{P}"><Relationship Id="a" Type="{R}/officeDocument" '
        'Target="/word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{P}">{"".join(relations)}</Relationships>',
        **{f"word/{name}.xml": f"<w:part {SPACES}>{inner}</w:part>" for name, inner in parts.items()},
    } | (files or {})
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in found.items():
            packed.writestr(name, content)
    return kept.getvalue()
