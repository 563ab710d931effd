import Values

/// The name of a person, split where its language splits it.
public struct PersonName: Sendable, Equatable {
    /// The family name: 欧阳, `Zhang`; nil where it cannot be told, as in a name of one word.
    public let family: String?
    /// The given name: 娜娜, `Wei`.
    public let given: String
    /// True for a name that is written in Chinese characters, family name first.
    public let isChinese: Bool

    /// Splits a name: 欧阳娜娜 and 张伟 by surname, 阿卜杜拉·买买提 not at all, `Ada Lovelace` and `Lovelace, Ada` by word.
    public init(_ text: String) {
        let name = PersonName.normalised(text)
        isChinese = PersonName.isHan(name)
        if isChinese {
            // A name with a dot is of another people of China or of abroad: the first part is no family name of one's own.
            let length = name.contains("·") ? 0 : PersonName.surnameLength(name)
            family = length > 0 ? String(name.prefix(length)) : nil
            given = String(name.dropFirst(length))
        } else if let comma = name.firstIndex(of: ",") {
            family = String(name[..<comma]).trimmedSpaces
            given = String(name[name.index(after: comma)...]).trimmedSpaces
        } else if let space = name.lastIndex(of: " ") {
            family = String(name[name.index(after: space)...])
            given = String(name[..<space])
        } else {
            (family, given) = (nil, name)
        }
    }

    /// The name as it is stored: 张 伟 and 欧阳　娜娜 without the gap, one dot · for all its forms, single spaces and usual
    /// width in Latin letters. A name that is part Chinese and part Latin keeps its spaces.
    public static func normalised(_ text: String) -> String {
        var words: [String] = [""]
        for character in text {
            if character.isWhitespace {
                if words.last?.isEmpty == false { words.append("") }
                continue
            }
            words[words.count - 1].append(plain(character))
        }
        if words.last?.isEmpty == true { words.removeLast() }
        let joined = words.joined()
        let name = isHan(joined) ? joined : words.joined(separator: " ")
        guard isHan(joined) else { return name }
        // In Latin names a full stop is one; between Chinese characters it is the dot of a long name.
        return String(name.map { dots.contains($0) ? "·" : $0 })
    }

    private static let dots: Set<Character> = ["·", "•", "・", "‧", "∙", "⋅", "．", ".", "･", "●", "᛫"]

    private static func plain(_ character: Character) -> Character {
        guard let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1 else { return character }
        switch scalar.value {
        case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A, 0xFF0C, 0xFF0E:
            return Unicode.Scalar(scalar.value - 0xFEE0).map { Character($0) } ?? character
        default: return character
        }
    }

    /// True when a name is of Chinese characters and dots only.
    private static func isHan(_ name: String) -> Bool {
        var count = 0
        for character in name where !dots.contains(character) {
            guard character.unicodeScalars.allSatisfy({ $0.properties.isIdeographic }) else { return false }
            count += 1
        }
        return count > 0
    }

    /// How many characters of a Chinese name are the surname; 0 for one character or more than four.
    private static func surnameLength(_ name: String) -> Int {
        guard (2...4).contains(name.count) else { return 0 }
        return name.count > 2 && compoundSurnames.contains(String(name.prefix(2))) ? 2 : 1
    }

    /// The surnames of two characters that are in use.
    public static let compoundSurnames: Set<String> = [
        "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟", "公羊", "赫连", "澹台", "皇甫",
        "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "子车", "亓官",
        "司寇", "巫马", "公西", "颛孙", "壤驷", "公良", "漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "轩辕", "令狐", "段干", "百里", "呼延",
        "东郭", "南门", "羊舌", "微生", "梁丘", "左丘", "东门", "西门", "第五", "纳兰", "完颜", "叶赫", "歐陽", "司馬", "諸葛", "尉遲", "東方",
        "獨孤", "長孫", "鍾離", "鮮于",
    ]
}
