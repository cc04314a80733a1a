//! Variables of HDF5 files, which MATLAB files of version 7.3 are too: reading them, and writing a
//! waveform.
//!
//! # Reference
//!
//! The HDF Group, *HDF5 File Format Specification*, version 3.0; MathWorks, *MAT-File Versions*.

use super::number::reason;
use hdf5_pure::mat::{MatBuilder, Options};
use hdf5_pure::{AttrValue, DType, Dataset, File, FileBuilder, Group};
use std::collections::HashMap;

/// Largest depth of groups, and number of variables.
const DEPTH_MAX: usize = 8;
const VARIABLES_MAX: usize = 4096;
/// Largest number of values of a variable.
const VALUES_MAX: u64 = 1 << 26;
/// Numbers that a byte of a file may stand for, where they are compressed, and the number of them
/// that need no file of that size.
const COMPRESSION_MAX: u64 = 32;
const UNCHECKED_MAX: u64 = 1 << 16;
/// Groups in which MATLAB keeps what other variables refer to.
const OF_MATLAB: [&str; 2] = ["#refs#", "#subsystem#"];
/// Largest number of values of a text or of a number that counts as a property.
const PROPERTY_MAX: u64 = 64;

/// A variable of numbers.
pub(in crate::measured) struct Variable {
    /// Groups and name, from the root on.
    pub(in crate::measured) path: Vec<String>,
    /// Its lengths without those of one.
    pub(in crate::measured) shape: Vec<u64>,
    /// Names and values of its attributes and single numbers, and of the groups around it, the
    /// nearest first.
    pub(in crate::measured) properties: Vec<[String; 2]>,
    /// Why its numbers cannot be read, where they are no real numbers.
    refused: Option<&'static str>,
    is_whole: bool,
    dataset: Dataset,
}

impl Variable {
    /// Its name without groups.
    pub(in crate::measured) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// How many numbers it has by its shape.
    pub(in crate::measured) fn count(&self) -> u64 {
        self.shape.iter().fold(1, |all: u64, &n| all.saturating_mul(n))
    }

    /// Its numbers in the order of the file, scaled as the instrument says: whole numbers by
    /// `YInc` and `YOrg`.
    ///
    /// # Errors
    ///
    /// The reason, to follow the variable's name.
    pub(in crate::measured) fn values(&self) -> Result<Vec<f64>, String> {
        if let Some(refused) = self.refused {
            return Err(refused.to_owned());
        }
        if self.count() > VALUES_MAX {
            return Err(format!("has more than {VALUES_MAX} numbers"));
        }
        let raw = self.dataset.read_f64().map_err(|because| {
            format!(
                "cannot be read: {}; must be whole, in a format of HDF5 1.14 or before",
                reason(because)
            )
        })?;
        if raw.len() as u64 != self.count() {
            let (found, count) = (raw.len(), self.count());
            return Err(format!("holds {found} of its {count} numbers; must be whole"));
        }
        let of = |key: &str| {
            let found = self.properties.iter().find(|[name, _]| name == key);
            found.and_then(|[_, value]| value.parse::<f64>().ok())
        };
        match (of("YInc"), of("YOrg")) {
            (Some(step), Some(origin)) if self.is_whole => {
                Ok(raw.into_iter().map(|x| origin + step * x).collect())
            }
            _ => Ok(raw),
        }
    }
}

/// The variables of a file that hold two numbers or more, in the order of the file.
///
/// # Errors
///
/// The reason, to follow the file's name.
pub(in crate::measured) fn variables(bytes: Vec<u8>) -> Result<Vec<Variable>, String> {
    let torn = |because: hdf5_pure::Error| {
        format!("is no sound HDF5 file: {}; must be whole", reason(because))
    };
    let most = COMPRESSION_MAX.saturating_mul(bytes.len() as u64).max(UNCHECKED_MAX);
    let file = File::from_bytes(bytes).map_err(torn)?;
    let mut found = Vec::new();
    walk(&file.root(), &mut Vec::new(), &[], &mut found).map_err(torn)?;
    for variable in found.iter_mut().filter(|variable| variable.count() > most) {
        variable.refused.get_or_insert(UNWRITTEN);
    }
    Ok(found)
}

/// Adds the variables of a group and of the groups in it.
fn walk(
    group: &Group,
    path: &mut Vec<String>,
    around: &[[String; 2]],
    found: &mut Vec<Variable>,
) -> Result<(), hdf5_pure::Error> {
    let mut properties = attributes(&group.attrs()?);
    let mut here = Vec::new();
    for name in group.datasets()? {
        if found.len() + here.len() >= VARIABLES_MAX {
            break;
        }
        let dataset = group.dataset(&name)?;
        let shape: Vec<u64> = dataset.shape()?.into_iter().filter(|&n| n != 1).collect();
        let attributes = attributes(&dataset.attrs()?);
        let (refused, is_whole) = kind(&dataset.dtype()?, &attributes);
        match shape.as_slice() {
            // a single number is a property of its neighbours
            [] if refused.is_none() => {
                if let Some(number) = dataset.read_f64()?.first() {
                    properties.push([name, number.to_string()]);
                }
            }
            [] | [0, ..] | [_, 0, ..] => {}
            [n] if refused == Some(TEXT) && *n <= PROPERTY_MAX => {
                let letters = dataset.read_f64()?;
                let letters = letters.into_iter().filter_map(|x| char::from_u32(x as u32));
                properties.push([name, letters.collect()]);
            }
            _ if refused == Some(TEXT) => {}
            _ => here.push((name, shape, attributes, refused, is_whole, dataset)),
        }
    }
    let around: Vec<[String; 2]> = properties.iter().chain(around).cloned().collect();
    for (name, shape, attributes, refused, is_whole, dataset) in here {
        let path = path.iter().cloned().chain([name]).collect();
        let properties = attributes.into_iter().chain(around.iter().cloned()).collect();
        found.push(Variable { path, shape, properties, refused, is_whole, dataset });
    }
    if path.len() == DEPTH_MAX {
        return Ok(());
    }
    for name in group.groups()? {
        if path.is_empty() && OF_MATLAB.contains(&name.as_str()) {
            continue;
        }
        let inner = group.group(&name)?;
        path.push(name);
        walk(&inner, path, &around, found)?;
        path.pop();
    }
    Ok(())
}

/// Reason for a variable whose shape says more than its file holds.
const UNWRITTEN: &str = "has more numbers than its file holds; must be written whole";
/// Reason for a variable that holds text.
const TEXT: &str = "holds text; must hold real numbers";

/// Why values of a type are no real numbers, and whether they are whole.
fn kind(dtype: &DType, attributes: &[[String; 2]]) -> (Option<&'static str>, bool) {
    let class = attributes.iter().find(|[name, _]| name == "MATLAB_class");
    if class.is_some_and(|[_, class]| class == "char") {
        return (Some(TEXT), true);
    }
    match dtype {
        DType::F32 | DType::F64 => (None, false),
        DType::I8 | DType::I16 | DType::I32 | DType::I64 => (None, true),
        DType::U8 | DType::U16 | DType::U32 | DType::U64 => (None, true),
        DType::Compound(_) => {
            (Some("is complex or a record; must be real: save abs(x).^2 or real(x)"), false)
        }
        _ => (Some("holds no numbers; must hold real numbers"), false),
    }
}

/// Attributes that are one text or one number, by name.
fn attributes(all: &HashMap<String, AttrValue>) -> Vec<[String; 2]> {
    let mut found: Vec<[String; 2]> =
        all.iter().filter_map(|(name, value)| Some([name.clone(), text(value)?])).collect();
    found.sort();
    found
}

/// An attribute's value as text; `None` for several and for other types.
fn text(value: &AttrValue) -> Option<String> {
    let one = |list: &[f64]| match list {
        [x] => Some(x.to_string()),
        _ => None,
    };
    match value {
        AttrValue::F64(x) => Some(x.to_string()),
        AttrValue::F32(x) => Some(x.to_string()),
        AttrValue::F64Array(list) => one(list),
        AttrValue::F32Array(list) => match list.as_slice() {
            [x] => Some(x.to_string()),
            _ => None,
        },
        AttrValue::I8(x) => Some(x.to_string()),
        AttrValue::I16(x) => Some(x.to_string()),
        AttrValue::I32(x) => Some(x.to_string()),
        AttrValue::I64(x) => Some(x.to_string()),
        AttrValue::U8(x) => Some(x.to_string()),
        AttrValue::U16(x) => Some(x.to_string()),
        AttrValue::U32(x) => Some(x.to_string()),
        AttrValue::U64(x) => Some(x.to_string()),
        AttrValue::String(text) | AttrValue::AsciiString(text) => Some(text.clone()),
        AttrValue::StringSized { value, .. } | AttrValue::AsciiStringSized { value, .. } => {
            Some(value.clone())
        }
        AttrValue::StringArray(list) | AttrValue::AsciiStringArray(list) => match list.as_slice() {
            [text] => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// A waveform to be written: power at equal distances, and the levels of its symbols.
pub struct Written<'a> {
    /// Power, mW.
    pub power_mw: &'a [f32],
    /// Time between samples, s.
    pub interval_s: f64,
    /// Levels of a period, 0 to 3.
    pub levels: &'a [u8],
}

/// A waveform as HDF5: `power_mw` with the attributes `XInc`, `XUnits` and `YUnits`, and `level`.
///
/// # Errors
///
/// The reason, as of a waveform too long for the format.
pub fn write(waveform: &Written<'_>) -> Result<Vec<u8>, String> {
    let mut file = FileBuilder::new();
    file.create_dataset("power_mw")
        .with_f32_data(waveform.power_mw)
        .set_attr("XInc", AttrValue::F64(waveform.interval_s))
        .set_attr("XUnits", AttrValue::String("s".to_owned()))
        .set_attr("YUnits", AttrValue::String("mW".to_owned()));
    file.create_dataset("level").with_u8_data(waveform.levels);
    file.finish().map_err(|because| because.to_string())
}

/// A waveform as a MATLAB file of version 7.3: `power_mw`, `XInc` in s, and `level`.
///
/// # Errors
///
/// As [`write()`].
pub fn write_mat(waveform: &Written<'_>) -> Result<Vec<u8>, String> {
    let mut file = MatBuilder::new(Options::default());
    let said = |because: hdf5_pure::mat::MatError| because.to_string();
    file.write_f32("power_mw", &[waveform.power_mw.len(), 1], waveform.power_mw).map_err(said)?;
    file.write_scalar_f64("XInc", waveform.interval_s).map_err(said)?;
    file.write_u8("level", &[waveform.levels.len(), 1], waveform.levels).map_err(said)?;
    file.finish().map_err(said)
}
