import CZip
import Foundation
import Testing

/// A zip file made of texts, with many blanks behind one of them: what no spreadsheet program would write.
func archive(_ path: String, _ entries: [(name: String, text: String)], blanks: (name: String, count: Int)? = nil)
    throws
{
    var code: Int32 = 0
    let zip = try #require(zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code))
    for entry in entries {
        let bytes = Array(entry.text.utf8)
        let extra = blanks?.name == entry.name ? blanks?.count ?? 0 : 0
        let memory = try #require(malloc(bytes.count + extra + 1))
        memory.copyMemory(from: bytes, byteCount: bytes.count)
        memset(memory + bytes.count, 0x20, extra)
        let source = try #require(zip_source_buffer(zip, memory, zip_uint64_t(bytes.count + extra), 1))
        try #require(zip_file_add(zip, entry.name, source, zip_flags_t(ZIP_FL_ENC_UTF_8)) >= 0)
    }
    try #require(zip_close(zip) == 0)
}

/// A workbook with one sheet of that XML.
func workbook(_ path: String, sheet: String, strings: String? = nil, blanks: Int = 0) throws {
    var entries = [
        (
            name: "xl/workbook.xml",
            text: #"<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#
        ),
        (
            name: "xl/_rels/workbook.xml.rels",
            text: #"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>"#
        ),
        (name: "xl/worksheets/sheet1.xml", text: sheet),
    ]
    if let strings { entries.append((name: "xl/sharedStrings.xml", text: strings)) }
    let big = strings == nil ? "xl/worksheets/sheet1.xml" : "xl/sharedStrings.xml"
    try archive(path, entries, blanks: (big, blanks))
}

/// A zip file whose names are bytes, as programs write them that do not say how names are encoded.
func archive(_ path: String, _ entries: [(name: [UInt8], text: String)]) throws {
    let places = entries.indices.map {
        (name: String(repeating: "n", count: entries[$0].name.count - 1) + "\($0)", text: entries[$0].text)
    }
    try archive(path, places)
    // Names of the same length take the place of those that the library wrote.
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    for (place, entry) in zip(places, entries) {
        let name = Array(place.name.utf8)
        for start in 0...(bytes.count - name.count) where bytes[start..<(start + name.count)].elementsEqual(name) {
            bytes.replaceSubrange(start..<(start + name.count), with: entry.name)
        }
    }
    try Data(bytes).write(to: URL(filePath: path))
}
