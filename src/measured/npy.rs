//! Arrays in NumPy's `.npy` format.

use super::number;

/// Numbers of a file row by row, and the length of a row.
#[derive(Debug, PartialEq)]
pub struct Array {
    /// The numbers, row by row.
    pub values: Vec<f64>,
    /// Numbers in a row.
    pub columns: usize,
}

/// Reads a one- or two-dimensional array of real numbers, version 1 to 3: floating-point numbers of
/// 32 or 64 bits, integers of up to 64, either byte order.
///
/// # Errors
///
/// The reason, to be written after the file's name.
///
/// # Reference
///
/// NumPy Enhancement Proposal 1, *A simple file format for NumPy arrays*.
pub fn read(bytes: &[u8]) -> Result<Array, String> {
    let torn = || "ends within its header; must be a whole .npy file".to_owned();
    let rest = bytes
        .strip_prefix(b"\x93NUMPY")
        .ok_or("does not begin as a .npy file does; must be written by numpy.save")?;
    let version = *rest.first().ok_or_else(torn)?;
    let (width, from) = if version == 1 { (2, 4) } else { (4, 6) };
    let length = rest
        .get(2..2 + width)
        .ok_or_else(torn)?
        .iter()
        .rev()
        .fold(0usize, |sum, &byte| sum << 8 | usize::from(byte));
    let header = rest.get(from..).and_then(|rest| rest.get(..length)).ok_or_else(torn)?;
    let header = String::from_utf8_lossy(header);
    let data = &rest[from + length..];
    let value = |key: &str| {
        let after = header.split_once(&format!("'{key}':"))?.1.trim_start();
        let end =
            if after.starts_with('(') { after.find(')')? + 1 } else { after.find([',', '}'])? };
        Some(after[..end].trim().trim_matches('\''))
    };
    let shape = value("shape").ok_or_else(torn)?;
    let shape: Vec<usize> =
        shape.trim_matches(['(', ')']).split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let fortran = value("fortran_order") == Some("True");
    let (rows, columns) = match shape[..] {
        // rows without numbers could be any number of rows
        [0] | [_, 0] | [0, _] => return Err(format!("has the shape {shape:?}; must hold numbers")),
        [rows] => (rows, 1),
        [rows, columns] if columns <= rows => (rows, columns),
        [columns, rows] => (rows, columns), // a row a quantity
        _ => {
            return Err(format!(
                "has the shape {shape:?}; must be one row of power, or time and power"
            ));
        }
    };
    let transposed = (shape.len() == 2 && shape[1] > shape[0]) != fortran && columns > 1;
    let descr = value("descr").ok_or_else(torn)?;
    let numbers = numbers(descr, data)?;
    let whole = rows.checked_mul(columns).ok_or("has more numbers than fit")?;
    if numbers.len() < whole {
        return Err(format!(
            "holds {} numbers where its header says {whole}; must be a whole .npy file",
            numbers.len()
        ));
    }
    let at = |row: usize, column: usize| {
        if transposed { numbers[column * rows + row] } else { numbers[row * columns + column] }
    };
    let values = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (row, column)))
        .map(|(row, column)| at(row, column));
    Ok(Array { values: values.collect(), columns })
}

/// The numbers of a description such as `<f4`.
fn numbers(descr: &str, data: &[u8]) -> Result<Vec<f64>, String> {
    let refused = || {
        format!(
            "holds numbers of the type {}; must be float32, float64 or integers (numpy: \
             x.astype('float32'))",
            number::name(descr)
        )
    };
    if matches!(descr.trim_start_matches(['<', '>', '|', '=']), "c8" | "c16") {
        return Err(format!(
            "holds complex numbers, {descr}; must be real: the power of a field is abs(x)**2, \
             other numbers have x.real (numpy)"
        ));
    }
    let big = descr.starts_with('>');
    let kind = descr.trim_start_matches(['<', '>', '|', '=']);
    macro_rules! of {
        ($number:ty) => {
            data.as_chunks::<{ size_of::<$number>() }>()
                .0
                .iter()
                .map(|&bytes| {
                    let number = if big {
                        <$number>::from_be_bytes(bytes)
                    } else {
                        <$number>::from_le_bytes(bytes)
                    };
                    number as f64
                })
                .collect()
        };
    }
    Ok(match kind {
        "f4" => of!(f32),
        "f8" => of!(f64),
        "i1" => of!(i8),
        "i2" => of!(i16),
        "i4" => of!(i32),
        "i8" => of!(i64),
        "u1" => of!(u8),
        "u2" => of!(u16),
        "u4" => of!(u32),
        "u8" => of!(u64),
        _ => return Err(refused()),
    })
}

/// One-dimensional `float32` in NumPy's `.npy` format, version 1.0: `numpy.load` reads it.
///
/// The format is [`read`]'s.
pub fn write(values: &[f32]) -> Vec<u8> {
    let header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}", values.len());
    // the data begins at a multiple of 64 bytes
    let padded = (10 + header.len() + 1).next_multiple_of(64) - 10;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(padded).expect("a short header").to_le_bytes());
    bytes.extend(format!("{header:<width$}\n", width = padded - 1).bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The format as its reference describes it, byte by byte.
    #[test]
    fn an_array_has_magic_version_header_and_little_endian_data() {
        let bytes = write(&[1.0, -2.5]);
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        let header = std::str::from_utf8(&bytes[10..128]).unwrap();
        assert_eq!(header.trim_end(), "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }");
        assert!(header.ends_with('\n') && header.len() == 118);
        assert_eq!(&bytes[128..], [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0]);
    }

    /// A header as NumPy writes it, and data after it.
    fn file(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header =
            format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.bytes().chain(data.iter().copied()));
        bytes
    }

    #[test]
    fn what_is_written_is_read_and_so_is_every_other_layout() {
        let is = |values: &[f64], columns| Ok(Array { values: values.to_vec(), columns });
        assert_eq!(read(&write(&[1.0, -2.5, 3.0])), is(&[1.0, -2.5, 3.0], 1));
        let doubles: Vec<u8> = [1.5f64, -2.0].iter().flat_map(|x| x.to_be_bytes()).collect();
        assert_eq!(read(&file(">f8", "False", "(2,)", &doubles)), is(&[1.5, -2.0], 1));
        assert_eq!(
            read(&file("|i1", "False", "(3, 2)", &[0, 10, 1, 11, 2, 255])),
            is(&[0.0, 10.0, 1.0, 11.0, 2.0, -1.0], 2)
        );
        // time and power as two rows, or in Fortran's order
        for file in [
            file("|u1", "False", "(2, 3)", &[0, 1, 2, 10, 11, 12]),
            file("|u1", "True", "(3, 2)", &[0, 1, 2, 10, 11, 12]),
        ] {
            assert_eq!(read(&file), is(&[0.0, 10.0, 1.0, 11.0, 2.0, 12.0], 2));
        }
    }

    /// Every real type, in both byte orders, holds the same numbers.
    #[test]
    fn every_real_type_is_read_in_either_byte_order() {
        macro_rules! check {
            ($($number:ty: $descr:literal),*) => {$(
                let of = |bytes: fn(&$number) -> Vec<u8>| -> Vec<u8> {
                    [1 as $number, 2 as $number, 100 as $number].iter().flat_map(bytes).collect()
                };
                for (order, data) in [
                    ('<', of(|x| x.to_le_bytes().to_vec())),
                    ('>', of(|x| x.to_be_bytes().to_vec())),
                ] {
                    let array = read(&file(&format!("{order}{}", $descr), "False", "(3,)", &data));
                    assert_eq!(array.unwrap().values, [1.0, 2.0, 100.0], "{order}{}", $descr);
                }
            )*};
        }
        check!(f32: "f4", f64: "f8", i8: "i1", i16: "i2", i32: "i4", i64: "i8");
        check!(u8: "u1", u16: "u2", u32: "u4", u64: "u8");
    }

    #[test]
    fn what_is_no_array_of_numbers_is_refused() {
        for (bytes, expected) in [
            (b"time,power\n".to_vec(), "does not begin as a .npy file does"),
            (b"\x93NUMPY\x01\x00\x76".to_vec(), "ends within its header"),
            (
                file("<c8", "False", "(2,)", &[0; 16]),
                "holds complex numbers, <c8; must be real: the power of a field is abs(x)**2",
            ),
            (
                file("<M8[ns]", "False", "(2,)", &[0; 16]),
                "holds numbers of the type <M8[ns]; must be float32",
            ),
            (file("<f4", "False", "(0,)", &[]), "has the shape [0]; must hold numbers"),
            (file("<f4", "False", "(0, 9)", &[]), "has the shape [0, 9]; must hold numbers"),
            (file("<f4", "False", "(2, 2, 2)", &[0; 32]), "has the shape [2, 2, 2]"),
            (file("<f4", "False", "(5,)", &[0; 12]), "holds 3 numbers where its header says 5"),
            (file("<f4", "False", "()", &[0; 4]), "has the shape []"),
        ] {
            let complaint = read(&bytes).unwrap_err();
            assert!(complaint.starts_with(expected), "{complaint}");
        }
    }
}
