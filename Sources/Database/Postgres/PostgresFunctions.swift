/// The functions that expressions and indexes use, as PostgreSQL has them: each answers what its twin in
/// `SQLiteFunctions` answers. They stand in the schema of each workspace, so that nothing lies outside of it.
enum PostgresFunctions {
    /// Counted up whenever a function below changes: workspaces then get the new ones when they are opened.
    static let version = 1

    /// Creates or replaces all of them in the current schema.
    static var script: String {
        texts + numbers + days + moments
            + """
            CREATE OR REPLACE FUNCTION kehu_functions() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT \(version)::bigint';
            """
    }

    /// Full-width ASCII and the ideographic space, and what they are folded to.
    private static let wide = String(String.UnicodeScalarView((0xFF01...0xFF5E).compactMap(Unicode.Scalar.init))) + "　"
    private static let narrow = String(String.UnicodeScalarView((0x21...0x7E).compactMap(Unicode.Scalar.init))) + " "

    private static var texts: String {
        let quoted = narrow.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        return """
            CREATE OR REPLACE FUNCTION kehu_fold(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
                SELECT CASE WHEN octet_length(t) = length(t) THEN lower(t COLLATE "C")
                    ELSE lower(translate(t, '\(wide)', '\(quoted)') COLLATE "C.utf8") END $f$;
            CREATE OR REPLACE FUNCTION kehu_upper(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
                SELECT upper(t COLLATE "C.utf8") $f$;

            """
    }

    private static let numbers = """
        CREATE OR REPLACE FUNCTION kehu_plus(a double precision, b double precision) RETURNS double precision
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$ BEGIN
            IF abs(a) < 8e307 AND abs(b) < 8e307 THEN RETURN a + b; END IF;
            IF (a > 0) <> (b > 0) OR a = 0 OR b = 0 THEN RETURN a + b; END IF;
            IF abs(a) > 1.7976931348623157e308 - abs(b) THEN
                RETURN CASE WHEN a > 0 THEN 'Infinity' ELSE '-Infinity' END::double precision;
            END IF;
            RETURN a + b; END $f$;
        CREATE OR REPLACE FUNCTION kehu_minus(a double precision, b double precision) RETURNS double precision
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$ BEGIN
            IF abs(a) < 8e307 AND abs(b) < 8e307 THEN RETURN a - b; END IF;
            RETURN kehu_plus(a, -b); END $f$;
        CREATE OR REPLACE FUNCTION kehu_times(a double precision, b double precision) RETURNS double precision
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE size double precision; BEGIN
            IF a = 0 OR b = 0 THEN RETURN a * b; END IF;
            IF abs(a) BETWEEN 1e-150 AND 1e150 AND abs(b) BETWEEN 1e-150 AND 1e150 THEN RETURN a * b; END IF;
            size := log(abs(a)) + log(abs(b));
            IF size >= 308.2547155599167 THEN
                RETURN CASE WHEN (a > 0) = (b > 0) THEN 'Infinity' ELSE '-Infinity' END::double precision;
            END IF;
            IF size <= -323.6 THEN RETURN 0; END IF;
            RETURN a * b; END $f$;
        CREATE OR REPLACE FUNCTION kehu_over(a double precision, b double precision) RETURNS double precision
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE size double precision; BEGIN
            IF b = 0 THEN RETURN NULL; END IF;
            IF a = 0 THEN RETURN a / b; END IF;
            IF abs(a) BETWEEN 1e-150 AND 1e150 AND abs(b) BETWEEN 1e-150 AND 1e150 THEN RETURN a / b; END IF;
            size := log(abs(a)) - log(abs(b));
            IF size >= 308.2547155599167 THEN
                RETURN CASE WHEN (a > 0) = (b > 0) THEN 'Infinity' ELSE '-Infinity' END::double precision;
            END IF;
            IF size <= -323.6 THEN RETURN 0; END IF;
            RETURN a / b; END $f$;
        CREATE OR REPLACE AGGREGATE kehu_total(double precision) (sfunc = kehu_plus, stype = double precision, initcond = '0');
        CREATE OR REPLACE FUNCTION kehu_round(v double precision, places bigint) RETURNS double precision
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            SELECT CASE WHEN abs(v) > 1.7976931348623157e308 / power(10::double precision, least(greatest(places, 0), 15))
                THEN NULL ELSE (CASE WHEN v < 0 THEN -1 ELSE 1 END) * (floor(abs(v)
                * power(10::double precision, least(greatest(places, 0), 15)) + 0.5::double precision)
                / power(10::double precision, least(greatest(places, 0), 15))) END $f$;
        CREATE OR REPLACE FUNCTION kehu_floor(v double precision) RETURNS double precision
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$ SELECT CASE WHEN abs(v) < 'Infinity' THEN floor(v) END $f$;
        CREATE OR REPLACE FUNCTION kehu_ceil(v double precision) RETURNS double precision
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$ SELECT CASE WHEN abs(v) < 'Infinity' THEN ceil(v) END $f$;
        CREATE OR REPLACE FUNCTION kehu_number_text(v double precision) RETURNS text
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET extra_float_digits = 1 AS $f$
            DECLARE shown text; digits text; whole int; BEGIN
            IF abs(v) = 'Infinity' OR v = 'NaN' THEN RETURN NULL; END IF;
            IF v = trunc(v) AND abs(v) < 1e15 THEN RETURN v::bigint::text; END IF;
            shown := v::text;
            IF abs(v) < 1e15 OR abs(v) > 18014398509481984 THEN RETURN shown; END IF;
            -- 1.234567890123456e+15 is written out up to two to the power of 54.
            digits := replace(ltrim(split_part(shown, 'e', 1), '-'), '.', '');
            whole := split_part(shown, 'e+', 2)::int + 1;
            digits := rpad(digits, whole, '0');
            RETURN CASE WHEN v < 0 THEN '-' ELSE '' END || left(digits, whole) || '.'
                || coalesce(nullif(substr(digits, whole + 1), ''), '0'); END $f$;

        """

    private static let days = """
        CREATE OR REPLACE FUNCTION kehu_date(t text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE first date; found date; BEGIN
            IF t !~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' OR t < '0001' THEN RETURN NULL; END IF;
            first := make_date(substr(t, 1, 4)::int, substr(t, 6, 2)::int, 1);
            found := first + (substr(t, 9, 2)::int - 1);
            RETURN CASE WHEN date_part('month', found) = date_part('month', first) THEN found END; END $f$;
        CREATE OR REPLACE FUNCTION kehu_day_text(d date) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            BEGIN RETURN CASE WHEN d BETWEEN '0001-01-01' AND '9999-12-31' THEN to_char(d, 'YYYY-MM-DD') END; END $f$;
        CREATE OR REPLACE FUNCTION kehu_days(t text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            BEGIN RETURN kehu_date(t) - date '1970-01-01'; END $f$;
        CREATE OR REPLACE FUNCTION kehu_day_part(t text, part bigint) RETURNS double precision
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE d date := kehu_date(t); BEGIN
            RETURN CASE part WHEN 0 THEN date_part('year', d) WHEN 1 THEN date_part('month', d) ELSE date_part('day', d) END;
            END $f$;
        CREATE OR REPLACE FUNCTION kehu_moved(d date, months bigint, days bigint) RETURNS date
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE place bigint; moved date; BEGIN
            IF abs(months) > 200000 OR abs(days) > 5000000 THEN RETURN NULL; END IF;
            place := date_part('year', d)::bigint * 12 + date_part('month', d)::bigint - 1 + months;
            IF place NOT BETWEEN 12 AND 119999 THEN RETURN NULL; END IF;
            moved := (d + make_interval(months => months::int))::date + days::int;
            RETURN CASE WHEN moved BETWEEN '0001-01-01' AND '9999-12-31' THEN moved END; END $f$;
        CREATE OR REPLACE FUNCTION kehu_move_day(t text, months bigint, days bigint) RETURNS text
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            BEGIN RETURN kehu_day_text(kehu_moved(kehu_date(t), months, days)); END $f$;

        """

    private static let moments = """
        CREATE OR REPLACE FUNCTION kehu_offset(moment bigint, zone text) RETURNS bigint
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE at timestamptz; BEGIN
            IF zone ~ '^[+-][0-9]+$' THEN RETURN zone::bigint * 1000; END IF;
            -- Like `Zone`: before 1970 and after 2100 the clock is not changed.
            at := to_timestamp(least(greatest(moment, 0), 4102444800000) / 1000);
            RETURN date_part('epoch', timezone(zone, at) - timezone('UTC', at))::bigint * 1000; END $f$;
        CREATE OR REPLACE FUNCTION kehu_local_day(moment bigint, zone text) RETURNS date
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE number bigint; BEGIN
            IF moment NOT BETWEEN -62200000000000 AND 253500000000000 THEN RETURN NULL; END IF;
            number := floor((moment + kehu_offset(moment, zone))::numeric / 86400000)::bigint;
            RETURN CASE WHEN number BETWEEN -719162 AND 2932896 THEN date '1970-01-01' + number::int END; END $f$;
        CREATE OR REPLACE FUNCTION kehu_day_of(moment bigint, zone text) RETURNS text
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            BEGIN RETURN kehu_day_text(kehu_local_day(moment, zone)); END $f$;
        CREATE OR REPLACE FUNCTION kehu_moment(local bigint, zone text) RETURNS bigint
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE before bigint := kehu_offset(local - 129600000, zone);
            after bigint := kehu_offset(local + 129600000, zone); BEGIN
            RETURN coalesce(least(
                CASE WHEN kehu_offset(local - before, zone) = before THEN local - before END,
                CASE WHEN kehu_offset(local - after, zone) = after THEN local - after END), local - before); END $f$;
        CREATE OR REPLACE FUNCTION kehu_move_instant(moment bigint, months bigint, more bigint, zone text) RETURNS bigint
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE start bigint := moment; day date; moved date; sum numeric; BEGIN
            IF months <> 0 THEN
                day := kehu_local_day(moment, zone);
                moved := kehu_moved(day, months, 0);
                start := kehu_moment(moment + kehu_offset(moment, zone) + (moved - day)::bigint * 86400000, zone);
            END IF;
            sum := start::numeric + more;
            RETURN CASE WHEN sum BETWEEN -9223372036854775808 AND 9223372036854775807 THEN sum::bigint END; END $f$;

        """
}
