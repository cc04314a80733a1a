//! Samples from the variables of an HDF5 or MATLAB file.

use crate::measured::columns::Columns;
use crate::measured::hdf5::{self, Variable};
use crate::measured::number;
use crate::measured::unit::{self, Unit};

/// Largest number of variables that are named in a message.
const NAMED_MAX: usize = 16;

/// Reads the samples and, if there are any, their times: a variable each, or columns of one.
///
/// The variable is `wanted`, by its name, its path, its group or its number; or else the first of
/// the longest.
///
/// # Errors
///
/// The reason, to follow the file's name.
pub(super) fn columns(
    bytes: &[u8],
    wanted: &str,
    notes: &mut Vec<String>,
) -> Result<Columns, String> {
    let all = hdf5::variables(bytes.to_vec())?;
    let (times, mut channels): (Vec<Variable>, Vec<Variable>) =
        all.into_iter().filter(|variable| !variable.shape.is_empty()).partition(is_time);
    // a capture of our own has the sent levels beside the samples
    if channels.len() > 1 {
        channels.retain(|variable| !variable.name().eq_ignore_ascii_case("level"));
    }
    let chosen = chosen(&channels, wanted, notes)?;
    let named =
        |because: String| format!("its variable `{}` {because}", number::name(&path(chosen)));
    let values = chosen.values().map_err(named)?;
    let properties = chosen.properties.iter().map(|property| property.to_vec()).collect();
    let name = chosen.name().to_owned();
    match chosen.shape.as_slice() {
        [_] => {
            let time = times.iter().find(|time| time.shape == chosen.shape);
            let time = time.map(|time| Ok::<_, String>((time, time.values().map_err(named)?)));
            let rows = match &time.transpose()? {
                None => values.into_iter().map(|x| vec![x]).collect(),
                Some((_, times)) => times.iter().zip(&values).map(|(t, x)| vec![*t, *x]).collect(),
            };
            let time_name = times.iter().find(|time| time.shape == chosen.shape);
            let time_name = time_name.map(|time| match unit::of_name(time.name()) {
                Ok(Some(_)) => time.name().to_owned(),
                _ => format!("{} (s)", time.name()),
            });
            Ok(Columns::of_variables(
                time_name.into_iter().chain([name]).collect(),
                rows,
                properties,
            ))
        }
        // two rows or columns are time and samples
        [a, b] if *a.min(b) == 2 => {
            let count = *a.max(b) as usize;
            let at = |row: usize, of: usize| {
                values[if *a == 2 && *b != 2 { of * count + row } else { row * 2 + of }]
            };
            let rows = (0..count).map(|row| vec![at(row, 0), at(row, 1)]).collect();
            Ok(Columns::of_variables(vec!["time (s)".to_owned(), name], rows, properties))
        }
        shape => Err(named(format!(
            "has the lengths {shape:?}; must be one row of samples, or time and samples"
        ))),
    }
}

/// True for a variable of times, by the unit of its name.
fn is_time(variable: &Variable) -> bool {
    let name = variable.name();
    matches!(unit::of_name(name), Ok(Some(Unit::Second(_))))
        || ["t", "time"].iter().any(|time| name.eq_ignore_ascii_case(time))
}

fn path(variable: &Variable) -> String {
    variable.path.join("/")
}

/// The variable that is wanted, or the first of the longest.
fn chosen<'a>(
    channels: &'a [Variable],
    wanted: &str,
    notes: &mut Vec<String>,
) -> Result<&'a Variable, String> {
    let named = |(i, variable): (usize, &Variable)| {
        format!("{} `{}`", i + 1, number::name(&path(variable)))
    };
    let all = || {
        let names = channels.iter().enumerate().take(NAMED_MAX).map(named);
        let more = if channels.len() > NAMED_MAX { ", .." } else { "" };
        names.collect::<Vec<_>>().join(", ") + more
    };
    if channels.is_empty() {
        return Err("has no variable of two numbers or more; must have one of samples".to_owned());
    }
    if !wanted.is_empty() {
        let group = |v: &Variable| v.path.len().checked_sub(2).map(|at| v.path[at].clone());
        let is = |v: &&Variable| {
            path(v).eq_ignore_ascii_case(wanted)
                || v.name().eq_ignore_ascii_case(wanted)
                || group(v).is_some_and(|group| group.eq_ignore_ascii_case(wanted))
        };
        let number = wanted.parse::<usize>().ok().and_then(|n| channels.get(n.checked_sub(1)?));
        return channels.iter().find(is).or(number).ok_or_else(|| {
            format!("has no variable {}; must be one of {}", number::name(wanted), all())
        });
    }
    let longest = channels.iter().map(Variable::count).max().unwrap_or(0);
    let first = channels.iter().find(|variable| variable.count() == longest);
    let first = first.unwrap_or(&channels[0]);
    if channels.len() > 1 {
        notes.push(format!(
            "has {} variables, {}; read: `{}`; `column` (measure: --column) names another",
            channels.len(),
            all(),
            number::name(&path(first))
        ));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use crate::measured::capture::read::{Capture, CaptureFormat, Opened};
    use crate::measured::capture::sample_unit::PowerUnit;
    use crate::measured::hdf5::{Written, write, write_mat};
    use hdf5_pure::mat::{MatBuilder, Options};
    use hdf5_pure::{AttrValue, FileBuilder};

    fn read(bytes: &[u8], column: &str, unit: PowerUnit) -> Result<Opened, String> {
        let format = CaptureFormat { unit, column: column.to_owned() };
        Capture::read("a.h5", bytes, &format)
    }

    /// As an Infiniium oscilloscope writes it: whole numbers in compressed chunks, with the scale
    /// and the time between samples as attributes of each channel; behind a block of its user's.
    fn infiniium() -> Vec<u8> {
        let mut file = FileBuilder::new();
        file.with_userblock(512);
        let mut waveforms = file.create_group("Waveforms");
        for (name, origin) in [("Channel 1", 0.5), ("Channel 3", 2.0)] {
            let mut channel = waveforms.create_group(name);
            for (key, value) in [("XInc", 5e-12), ("XOrg", -1e-9), ("YInc", 1e-3), ("YOrg", origin)]
            {
                channel.set_attr(key, AttrValue::F64(value));
            }
            channel.set_attr("XUnits", AttrValue::String("Second".to_owned()));
            channel.set_attr("YUnits", AttrValue::String("Volt".to_owned()));
            let data: Vec<i16> = (0..5000).map(|i| i % 7 * 100).collect();
            let dataset = channel.create_dataset(&format!("{name} Data"));
            dataset.with_i16_data(&data).with_shape(&[5000]);
            dataset.with_chunks(&[1024]).with_deflate(6);
            waveforms.add_group(channel.finish());
        }
        file.add_group(waveforms.finish());
        file.finish().unwrap()
    }

    #[test]
    fn an_oscilloscope_file_has_the_scale_and_the_rate_of_its_channel() {
        let bytes = infiniium();
        let opened = read(&bytes, "", PowerUnit::Linear).unwrap();
        let close = |a: f32, b: f32| (a - b).abs() < 1e-6;
        let power = &opened.capture.power_w;
        assert!(power.len() == 5000 && close(power[0], 0.5) && close(power[3], 0.8));
        assert_eq!(opened.capture.interval_s, Some(5e-12));
        let note = "2 variables, 1 `Waveforms/Channel 1/Channel 1 Data`";
        assert!(opened.notes[0].contains(note), "{:?}", opened.notes);
        for column in ["channel 3", "2", "Waveforms/Channel 3/Channel 3 Data", "Channel 3 Data"] {
            let opened = read(&bytes, column, PowerUnit::Linear).unwrap();
            assert!(close(opened.capture.power_w[0], 2.0) && opened.notes.is_empty(), "{column}");
        }
        let refused = read(&bytes, "Channel 2", PowerUnit::Linear).unwrap_err();
        assert!(refused.contains("has no variable Channel 2; must be one of 1 `"), "{refused}");
        let volts = read(&bytes, "", PowerUnit::Header).unwrap_err();
        assert!(volts.contains("its unit `Volt` is of another quantity"), "{volts}");
    }

    #[test]
    fn a_matlab_file_may_hold_a_structure_and_times() {
        let time: Vec<f64> = (0..400).map(|i| f64::from(i) * 4e-12).collect();
        let power: Vec<f64> = (0..400).map(|i| 1.0 + f64::from(i % 5)).collect();
        let mut file = MatBuilder::new(Options::default());
        file.write_char("about", "a capture").unwrap();
        file.struct_("scope", |scope| {
            scope.write_f64("t", &[400, 1], &time)?;
            scope.write_f64("power_uw", &[400, 1], &power)?;
            Ok(())
        })
        .unwrap();
        let opened = read(&file.finish().unwrap(), "", PowerUnit::Header).unwrap();
        assert!((opened.capture.power_w[1] / 2e-6 - 1.0).abs() < 1e-6);
        assert!((opened.capture.interval_s.unwrap() / 4e-12 - 1.0).abs() < 1e-9);
        assert!(opened.notes.is_empty(), "{:?}", opened.notes);
        // time and power as two columns of one variable
        let both: Vec<f64> = time.iter().chain(&power).copied().collect();
        let mut file = MatBuilder::new(Options::default());
        file.write_f64("trace_mw", &[400, 2], &both).unwrap();
        let opened = read(&file.finish().unwrap(), "", PowerUnit::Header).unwrap();
        assert!((opened.capture.power_w[2] / 3e-3 - 1.0).abs() < 1e-6);
        assert!((opened.capture.interval_s.unwrap() / 4e-12 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_written_reads_back() {
        let power_mw: Vec<f32> = (0..64).map(|i| 1.0 + (i % 4) as f32).collect();
        let levels = [0, 1, 2, 3];
        let waveform = Written { power_mw: &power_mw, interval_s: 4.7e-12, levels: &levels };
        for bytes in [write(&waveform).unwrap(), write_mat(&waveform).unwrap()] {
            let opened = read(&bytes, "", PowerUnit::Header).unwrap();
            let same = |(w, mw): (&f32, &f32)| (w / 1e-3 - mw).abs() < 1e-5;
            assert!(opened.capture.power_w.iter().zip(&power_mw).all(same));
            assert_eq!(opened.capture.interval_s, Some(4.7e-12));
            assert!(opened.notes.is_empty(), "{:?}", opened.notes);
        }
    }

    #[test]
    fn what_is_no_variable_of_samples_is_refused_with_the_remedy() {
        let refused = |bytes: &[u8]| read(bytes, "", PowerUnit::Header).unwrap_err();
        assert!(refused(b"MATLAB 5.0 MAT-file, Platform").contains("'-v7.3'"));
        let mut whole = infiniium();
        whole.truncate(900);
        assert!(refused(&whole).contains("must be whole"), "{}", refused(&whole));
        let mut empty = FileBuilder::new();
        empty.create_dataset("x").with_f64_data(&[1.0]);
        assert!(refused(&empty.finish().unwrap()).contains("has no variable of two numbers"));
        // a megabyte and more of one number
        let mut unwritten = FileBuilder::new();
        let dataset = unwritten.create_dataset("x");
        dataset.with_f64_data(&vec![1.0; 1 << 20]).with_shape(&[1 << 20]);
        dataset.with_chunks(&[1 << 16]).with_deflate(6);
        let unwritten = refused(&unwritten.finish().unwrap());
        assert!(unwritten.contains("more numbers than its file holds"), "{unwritten}");
        let mut cube = FileBuilder::new();
        cube.create_dataset("x").with_f64_data(&[1.0; 27]).with_shape(&[3, 3, 3]);
        assert!(refused(&cube.finish().unwrap()).contains("has the lengths [3, 3, 3]"));
    }
}
