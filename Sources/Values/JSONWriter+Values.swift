extension JSONWriter {
    /// Writes bytes that already are a quoted key with its colon, as `keyBytes` makes them.
    @inlinable
    public mutating func key(bytes: UnsafeBufferPointer<UInt8>) {
        separate()
        self.bytes.append(contentsOf: bytes)
    }

    /// A key as `key(bytes:)` takes it: for names that are written again and again.
    public static func keyBytes(_ name: String) -> [UInt8] {
        var json = JSONWriter(capacity: name.utf8.count + 3)
        json.key(name)
        return json.bytes
    }

    /// Writes a moment as RFC 3339 in UTC with milliseconds: the same as its description, without a text in between.
    public mutating func instant(_ value: Instant) {
        let days = value.milliseconds.dividedDown(by: 86_400_000)
        let (year, month, day) = Day(daysSince1970: Int(days)).parts
        guard (0...9999).contains(year) else { return string(value.description) }
        let rest = Int(value.milliseconds - days * 86_400_000)
        separate()
        let start = bytes.count
        let form: StaticString = "\"0000-00-00T00:00:00.000Z\""
        bytes.append(contentsOf: UnsafeBufferPointer(start: form.utf8Start, count: form.utf8CodeUnitCount))
        put(year, at: start + 1, digits: 4)
        put(month, at: start + 6, digits: 2)
        put(day, at: start + 9, digits: 2)
        put(rest / 3_600_000, at: start + 12, digits: 2)
        put(rest / 60_000 % 60, at: start + 15, digits: 2)
        put(rest / 1000 % 60, at: start + 18, digits: 2)
        put(rest % 1000, at: start + 21, digits: 3)
        needsComma = true
    }

    /// Writes a whole number that stands for `digits` decimals, as in `1234.50`.
    public mutating func decimal(_ value: Int64, digits: Int) {
        separate()
        if value < 0 { bytes.append(0x2D) }
        let start = bytes.count
        var rest = value.magnitude
        var count = 0
        repeat {
            if count == digits, digits > 0 { bytes.append(0x2E) }
            bytes.append(0x30 + UInt8(rest % 10))
            rest /= 10
            count += 1
        } while rest > 0 || count <= digits
        bytes[start...].reverse()
        needsComma = true
    }

    /// Writes an amount as the API shows it: `{"value":"1234.50","currency":"CNY"}`.
    public mutating func money(minor: Int64, currency: UnsafeBufferPointer<UInt8>, digits: Int) {
        object { json in
            json.key("value")
            json.bytes.append(0x22)
            json.decimal(minor, digits: digits)
            json.bytes.append(0x22)
            json.key("currency")
            json.string(utf8: currency)
        }
    }

    private mutating func put(_ value: Int, at place: Int, digits: Int) {
        var rest = value
        for position in stride(from: place + digits - 1, through: place, by: -1) {
            bytes[position] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
    }
}
