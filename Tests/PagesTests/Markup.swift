/// A tag as a browser would read it.
struct Tag: CustomStringConvertible {
    var name: String
    var attributes: [(name: String, value: String)] = []

    func value(_ attribute: String) -> String? { attributes.first { $0.name == attribute }?.value }
    var description: String { "<\(name) \(attributes.map { "\($0.name)=\($0.value)" }.joined(separator: " "))>" }
}

/// The tags of a page in order; closing ones begin with `/`. Reads quotes as the standard does.
func tags(_ html: String) -> [Tag] {
    let bytes = Array(html.utf8)
    var tags: [Tag] = []
    var index = 0
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 }
    while let start = bytes[index...].firstIndex(of: 0x3C) {
        index = start + 1
        let nameStart = index
        while index < bytes.count, !isSpace(bytes[index]), bytes[index] != 0x3E { index += 1 }
        var tag = Tag(name: text(nameStart..<index).lowercased())
        if tag.name.hasSuffix("/") { tag.name.removeLast() }
        while index < bytes.count, bytes[index] != 0x3E {
            if isSpace(bytes[index]) || bytes[index] == 0x2F {
                index += 1
                continue
            }
            let attributeStart = index
            while index < bytes.count, !isSpace(bytes[index]), bytes[index] != 0x3E, bytes[index] != 0x3D { index += 1 }
            let name = text(attributeStart..<index).lowercased()
            var value = ""
            if index + 1 < bytes.count, bytes[index] == 0x3D, bytes[index + 1] == 0x22 {
                let valueStart = index + 2
                index = bytes[valueStart...].firstIndex(of: 0x22) ?? bytes.count
                value = text(valueStart..<index)
                index += 1
            }
            tag.attributes.append((name, value))
        }
        tags.append(tag)
    }
    return tags
}

/// What a person reads on a page: its text without tags, and the attributes that are shown or read out.
func visibleText(_ html: String) -> String {
    var result = ""
    var inTag = false
    for character in html {
        if character == "<" {
            inTag = true
        } else if character == ">" {
            inTag = false; result += " "
        } else if !inTag {
            result.append(character)
        }
    }
    let shown = ["placeholder", "aria-label", "title", "data-label", "data-confirm", "data-picked"]
    return result + tags(html).flatMap { tag in shown.compactMap { tag.value($0) } }.joined(separator: " ")
}
