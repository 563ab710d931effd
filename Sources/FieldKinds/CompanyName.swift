import Values

/// The name of a company.
public enum CompanyName {
    /// The name as one compares and sorts it: usual width, one kind of brackets, no gaps between Chinese characters,
    /// lower case. 北京分享科技（集团） 有限公司 and 北京分享科技(集团)有限公司 are one.
    public static func normalised(_ text: String) -> String {
        var name = String.UnicodeScalarView()
        var gap = false
        for scalar in Fold.fold(text).unicodeScalars {
            var scalar = scalar
            switch scalar {
            case "（", "【", "〔", "[", "﹙": scalar = "("
            case "）", "】", "〕", "]", "﹚": scalar = ")"
            case "「", "」", "“", "”", "\"", "'", "《", "》": continue
            default: break
            }
            if scalar.properties.isWhitespace {
                gap = true
                continue
            }
            if gap, let last = name.last, isLatin(last), isLatin(scalar) { name.append(" ") }
            gap = false
            name.append(scalar)
        }
        return String(name)
    }

    private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic && !scalar.properties.isIdeographic || scalar.properties.numericType != nil
            || scalar == "." || scalar == "&" || scalar == ","
    }
}
